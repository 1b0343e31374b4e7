import { describe, expect, it } from 'vitest';
import { collected } from '../../test/contracts/fixture-evidence.ts';
import type { Block } from '../core/deliverable.ts';
import { databaseModel } from '../evidence/database.ts';
import { livePage } from '../evidence/http.ts';
import { sourceRoutes } from '../evidence/routes.ts';
import { sourceSecrets } from '../evidence/secrets.ts';
import { inventory } from './inventory.ts';

const tableOf = (blocks: readonly Block[], title: string): readonly (readonly string[])[] => {
  const at = blocks.findIndex((block) => block.kind === 'heading' && block.text === title);
  const block = blocks[at + 1];
  return at >= 0 && block?.kind === 'table' ? block.rows : [];
};
const database = (over: object): Record<string, unknown> => ({
  [databaseModel.id]: { ...(collected[databaseModel.id] as object), ...over },
});

describe('inventory', () => {
  it('says nothing about what was not collected', () => {
    expect(inventory({})).toEqual([]);
    expect(inventory(database({})).map((block) => (block.kind === 'heading' ? block.text : block.kind))).toEqual([
      'facts',
      'Tenant boundary',
      'table',
    ]);
  });

  it('shows the tenant boundary, and tables with personal data that nobody owns', () => {
    const rows = tableOf(inventory(collected), 'Tenant boundary');
    expect(rows).toContainEqual(['clients', 'a tenant (organization_id)', 'references organizations(id)', 'OFF']);
    expect(rows).toContainEqual(['audit_log', 'nobody, as far as its columns tell', 'holds contact data', 'not known']);
  });

  it('does not call row security a fault where the browser cannot reach the table', () => {
    const rows = tableOf(inventory(database({ exposure: 'private' })), 'Tenant boundary');
    expect(new Set(rows.map((row) => row[3]))).toEqual(new Set(['on', 'the server decides']));
  });

  it('lists who may call what, no better than it is known', () => {
    const rows = tableOf(inventory(collected), 'Routes and who may call them');
    expect(rows.map(([, who]) => who)).toEqual([
      'anyone',
      'anyone',
      'owner',
      'anyone',
      'any signed-in user (as far as it could be followed)',
    ]);
    expect(rows[1]).toEqual([
      'POST /functions/v1/export-clients',
      'anyone',
      'clients (read); invoices (read)',
      'supabase/functions/export-clients/index.ts:9',
    ]);
    expect(tableOf(inventory(collected), 'Admin-only actions')).toEqual([
      ['POST /functions/v1/set-role', 'owner', 'supabase/functions/set-role/index.ts:20'],
    ]);
  });

  it('lists an admin route that demands no role among the admin actions', () => {
    const [route] = (collected[sourceRoutes.id] as { routes: object[] }).routes;
    const open = { [sourceRoutes.id]: { routes: [{ ...route, id: 'GET /admin', purposes: ['admin'] }], gaps: [], middleware: [] } };
    expect(tableOf(inventory(open), 'Admin-only actions')).toEqual([
      ['GET /admin', 'anyone', 'supabase/functions/send-invite/index.ts:12'],
    ]);
  });

  it.each(['scanned', 'partial', 'no-git', 'not-asked', 'failed'])('says how much of the history was searched: %s', (history) => {
    const facts = inventory({ [sourceSecrets.id]: { ...(collected[sourceSecrets.id] as object), history } })[0];
    expect(facts).toMatchObject({
      kind: 'facts',
      facts: [{ name: 'Searched for secrets', note: expect.stringContaining('histor') as string }],
    });
  });

  it('names the running app', () => {
    const page = { url: 'https://portal.example.com/', status: 200, headers: {}, builders: [{ name: 'framer', evidence: [] }], host: [] };
    expect(inventory({ [livePage.id]: page })[0]).toMatchObject({
      facts: [{ value: 'https://portal.example.com/', note: 'answered 200' }],
    });
    expect(tableOf(inventory({ [livePage.id]: page }), 'Built with')).toEqual([['Framer', '', '']]);
  });
});
