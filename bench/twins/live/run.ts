import { join } from 'node:path';
import type { Portal } from '../../../examples/portal/start.ts';
import { startWorld, type World } from '../../../examples/portal/test/world.ts';
import { makeCertificate } from '../../../src/collect/http/fixtures/certificate.ts';
import { type AuditResult, auditRunning, liveChecks } from '../../run-audit.ts';
import { withTwin } from '../examples.ts';
import type { TwinResult } from '../score.ts';
import { startFront } from './front.ts';
import { type LiveTwin, liveTwins } from './twins.ts';

/** The name the portal is visited under. `.test` belongs to nobody (RFC 6761); the audit is told where it lies. */
const host = 'portal.fieldwork.test';
const portal = { name: 'portal', folder: join(import.meta.dirname, '../../../examples/portal'), flaws: [] };

/** What the audit saw of one start, by the checks that need the running app. */
export interface LiveAudit extends AuditResult {
  readonly twin: LiveTwin;
}

/**
 * Starts the portal once for each live twin, online as it would be but for the name: behind a front that ends https, under a name that is
 * not this machine's. `see` may look at the portal while it runs.
 */
export async function runLive(
  progress: (text: string) => void,
  see: (twin: LiveTwin, running: Portal) => Promise<unknown> = () => Promise.resolve(),
): Promise<LiveAudit[]> {
  const twins = liveTwins();
  progress('live: filling the database');
  const world = await startWorld();
  try {
    const audits: LiveAudit[] = [];
    for (const [nth, twin] of twins.entries()) {
      progress(`live: start ${nth + 1} of ${twins.length}, ${twin.name}`);
      audits.push(await auditTwin(world, twin, see));
    }
    return audits;
  } finally {
    await world.stop();
  }
}

async function auditTwin(world: World, twin: LiveTwin, see: (twin: LiveTwin, running: Portal) => Promise<unknown>): Promise<LiveAudit> {
  const authority = makeCertificate('Launch Ready bench');
  const certificate = makeCertificate(host, { issuer: { name: 'Launch Ready bench', key: authority.key } });
  const front = await startFront(twin.served === 'https' ? certificate : undefined);
  try {
    const url = new URL(`${twin.served}://${host}:${front.port}/`);
    const running = await world.start({ flaws: twin.flaws.map(({ id }) => id), env: { APP_URL: url.origin } });
    front.lead(running.url);
    try {
      await see(twin, running);
      const app = { url, address: '127.0.0.1', authorities: [authority.cert] };
      const alone = twin.name !== 'clean' && twin.flaws.every(({ drift }) => drift !== true);
      if (alone) return { twin, ...(await auditRunning(app)) };
      // The repository holds what a founder would push: what only lies on the server, or only runs there, is not in it.
      const pushed = twin.flaws.filter(({ drift }) => drift !== true);
      return { twin, ...(await withTwin(portal, pushed, (folder) => auditRunning(app, folder))) };
    } finally {
      await running.stop();
    }
  } finally {
    await front.stop();
  }
}

/** What was seen, flaw by flaw, beside what ought to be; only of the checks that need the running app. */
export function liveResults(audits: readonly LiveAudit[]): TwinResult[] {
  return audits.flatMap(({ twin, fails, ms }) => {
    const found = fails.filter(({ check }) => liveChecks.has(check));
    const result = (flaw: string, expected: readonly string[], seen: TwinResult['found']): TwinResult => ({
      example: 'portal, live',
      flaw,
      expected,
      files: new Set(),
      found: seen,
      ms,
    });
    const named = new Set([...twin.expected, ...twin.flaws.flatMap(({ live = [] }) => live)]);
    return [
      ...twin.flaws.map(({ id, live = [] }) =>
        result(
          id,
          live,
          found.filter(({ check }) => live.includes(check)),
        ),
      ),
      // What no flaw of the twin is for: nothing, if all is well.
      result(
        twin.name,
        twin.expected,
        found.filter(({ check }) => twin.expected.includes(check) || !named.has(check)),
      ),
    ];
  });
}
