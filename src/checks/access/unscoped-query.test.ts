import { describe, expect, it } from 'vitest';
import { run } from '../../core/engine.ts';
import { isolationProof, type ProvedObject } from '../../evidence/isolation.ts';
import { sampleObject, sampleProof } from '../../evidence/isolation-samples.ts';
import { type Route, sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { objectWithoutOwnership } from '../audit/object-without-ownership.ts';
import { unscopedQuery } from './unscoped-query.ts';

const table = (name: string, more: Partial<ProvedObject> = {}): ProvedObject =>
  sampleObject({ name, belongs: { to: 'tenant', path: ['organisation_id'], told: 'foreign-key' }, cells: [], ...more });
const proofOf = (...objects: readonly ProvedObject[]) => sampleProof({ exposure: 'private', people: [], objects });
const ownerless = table('invoices', { nature: 'reference', belongs: { to: 'user', path: ['created_by'], told: 'author' } });
const tied = sampleRoute({ id: 'PATCH /api/invoices/:id', data: [sampleAccess({ operation: 'update', scope: 'tenant' })] });
const judge = (objects: readonly ProvedObject[], ...routes: readonly Route[]) => [
  ...unscopedQuery.evaluate({ proof: proofOf(...objects), inventory: sampleInventory(tied, ...routes) }),
];

describe('access/unscoped-query', () => {
  it('says that it is a suspicion, whose the rows are, and by which routes', () => {
    const list = sampleRoute({ id: 'GET /api/invoices', data: [sampleAccess({ inputs: [] })] });
    expect(judge([table('invoices')], sampleRoute(), list)).toMatchObject([
      {
        outcome: 'fail',
        severity: 'high',
        message: expect.stringMatching(
          /^Suspected, not proved: .* and GET \/api\/invoices reach invoices, whose rows belong to an organisation/,
        ),
        proof: [{ text: expect.stringContaining('by id') }, { text: expect.stringContaining('without any condition') }],
      },
    ]);
  });

  it('learns from the schema whose the rows are, where the code does not tell', () => {
    const lines = sampleRoute({ id: 'GET /api/lines/:id', data: [sampleAccess({ name: 'Line', subject: 'unknown' })] });
    const through = table('lines', { belongs: { to: 'tenant', path: ['invoice_id', 'invoices.organisation_id'], told: 'foreign-key' } });
    const tiedLine = sampleRoute({
      id: 'DELETE /api/lines/:id',
      data: [sampleAccess({ name: 'Line', subject: 'unknown', scope: 'tenant' })],
    });
    expect(judge([through], lines, tiedLine)).toMatchObject([
      { outcome: 'fail', message: expect.stringContaining('(invoice_id, then invoices.organisation_id)') },
    ]);
    expect(judge([through], lines, tiedLine)[0]?.toldBy).toBeUndefined();
  });

  it('is silent about what belongs to nobody, and where row-level security decides', () => {
    expect(judge([ownerless], sampleRoute())).toEqual([]);
    const supabase = sampleProof({ objects: [table('invoices')] });
    expect([...unscopedQuery.evaluate({ proof: supabase, inventory: sampleInventory(tied, sampleRoute()) })]).toEqual([]);
  });

  it('leaves what the audit says of a route to the audit, where that runs as well', async () => {
    const evidence = { [isolationProof.id]: proofOf(table('invoices')), [sourceRoutes.id]: sampleInventory(tied, sampleRoute()) };
    const failed = async (checks: Parameters<typeof run>[0]['checks']): Promise<string[]> => {
      const target = { scope: { hosts: [], requests: 0, history: false } };
      const { run: ran } = await run({ checks, evidence, collectors: [], target, version: '0', targetArguments: '' });
      return ran.findings.filter(({ outcome }) => outcome === 'fail').map(({ check }) => check);
    };
    expect(await failed([unscopedQuery])).toEqual(['access/unscoped-query']);
    expect(await failed([unscopedQuery, objectWithoutOwnership])).toEqual(['audit/object-without-ownership']);
  });
});
