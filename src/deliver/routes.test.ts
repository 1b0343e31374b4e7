import { describe, expect, it } from 'vitest';
import { accessReport } from '../../test/contracts/fixture-access.ts';
import { manyRoutes, portalRoutes } from '../../test/contracts/fixture-routes.ts';
import { matricesOf, type MatrixBlock } from '../core/deliverable.ts';
import { renderers } from '../report/index.ts';
import { liveAccess } from '../evidence/live-access.ts';
import { accessMatrix } from './access-matrix.ts';

describe('the matrix with routes', async () => {
  const report = await accessReport({ live: portalRoutes });
  const { blocks, routes } = report.documents[0]!;
  const [matrix] = matricesOf(blocks);
  const cell = (of: MatrixBlock | undefined, group: string, name: string, column: string) =>
    of?.rows.find((row) => row.group === group && row.name === name)?.cells[of.columns.indexOf(column)];

  it.each([
    ['GET /api/invoices/{id}', 'Stranger', 'leak', 'GET /api/invoices/7 of owner, as stranger: 200, lr0a1b2c3d4e-title'],
    ['GET /api/invoices/{id}', 'Visitor', 'blocked', 'GET /api/invoices/7 of owner, as a visitor: 401'],
    ['PUT /api/invoices/{id}', 'Stranger', 'blocked', 'PUT /api/invoices/7 of owner, as stranger: 404'],
    ['database: read', 'Stranger', 'leak', undefined],
  ])('invoices, %s by %s: %s', (name, column, state, seen) => {
    expect(cell(matrix, 'invoices', name, column)).toMatchObject({ state, ...(seen !== undefined && { seen }) });
  });

  it('lets what could not be decided count only where nothing else was', () => {
    expect(cell(matrix, 'cases', 'GET /api/cases/{id}', 'Stranger')).toMatchObject({ state: 'blocked' });
    expect(cell(matrix, 'cases', 'DELETE /api/cases/{id}', 'Stranger')).toMatchObject({ state: 'unknown' });
  });

  it('shows beside each other what the database and the routes let through', () => {
    const title = blocks.findIndex((block) => block.kind === 'heading' && block.text.startsWith('What the database lets through'));
    const both = blocks[title + 1] as MatrixBlock;
    expect(both.rows.map(({ group, name }) => `${group} ${name}`)).toEqual([
      'invoices database',
      'invoices routes',
      'cases database',
      'cases routes',
    ]);
    expect(cell(both, 'invoices', 'routes', 'Stranger')).toEqual({ state: 'leak', note: 'GET /api/invoices/{id}' });
    expect(cell(both, 'cases', 'routes', 'Stranger')).toEqual({ state: 'unknown' });
    const alone = accessMatrix(report.run, { [liveAccess.id]: portalRoutes }, report.verdict);
    expect(JSON.stringify(alone.blocks)).not.toContain('What the database lets through');
  });

  it('names the routes that were not tried, in formats of data too', () => {
    const untried = [{ route: 'POST /api/exports', why: 'nothing in it belongs to one person' }];
    expect(routes).toMatchObject({ untried });
    expect(JSON.parse(renderers.json.render(report))).toMatchObject({ routes: { untried } });
    expect(JSON.parse(renderers.sarif.render(report))).toMatchObject({ runs: [{ properties: { routes: { untried } } }] });
    expect(matrix?.rows.some(({ name }) => name.includes('exports'))).toBe(false);
  });

  it('points at the line of the code where that is known, else at the route', () => {
    const places = report.run.findings.filter(({ check }) => check.startsWith('access/route-')).map(({ place }) => place);
    expect(places).toContainEqual({
      file: 'src/routes/invoices.ts',
      line: 12,
      url: 'http://localhost:3000',
      name: 'GET /api/invoices/{id}',
    });
    expect(places).toContainEqual({ url: 'http://localhost:3000', name: 'DELETE /api/cases/{id}' });
  });

  it('shows first what is wrong with a thousand routes, and folds the others', async () => {
    const many = await accessReport({ live: manyRoutes(1000, 20) });
    const page = renderers.html.render(many);
    const [shown = '', folded = ''] = page.slice(page.lastIndexOf('class="matrices"')).split('class="rest"');
    const count = (text: string, what: string): number => text.split(`<td class="${what}">`).length - 1;
    expect(count(shown, 'leak')).toBeGreaterThanOrEqual(20);
    expect(count(folded, 'leak') + count(folded, 'unknown')).toBe(0);
    expect(shown.split('<tr').length).toBeLessThan(100);
    expect(folded.split('<tr').length).toBeGreaterThan(980);
  });
});
