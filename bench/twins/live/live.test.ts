import { beforeAll, describe, expect, it } from 'vitest';
import { madeUpLiveKey, madeUpPassword } from '../../../examples/portal/flaws/made-up.ts';
import { launchReady, type Outcome } from '../../../test/command-line.ts';
import { liveChecks } from '../../run-audit.ts';
import { score } from '../score.ts';
import { type LiveAudit, liveResults, runLive } from './run.ts';
import { liveTwins } from './twins.ts';

/** A portal sets a session cookie on a visitor only where that is the flaw, so there is none to find right. */
const neverPasses = new Set(['audit/insecure-session-cookie']);

let audits: LiveAudit[];
const commands = new Map<string, Outcome>();
const secrets = [madeUpLiveKey('server'), madeUpLiveKey('script'), madeUpPassword('server')];

beforeAll(async () => {
  audits = await runLive(
    () => undefined,
    async (twin, { url, webhookSecret, databaseUrl }) => {
      secrets.push(webhookSecret, databaseUrl);
      // The command as it is typed, on the portal's own address; twice is enough to see that it does the same.
      if (commands.size < 2) commands.set(twin.name, await launchReady(['audit', url, '--format', 'json']));
    },
  );
}, 300_000);

describe('the portal while it runs', () => {
  it('is silent when it is clean', () => {
    const [clean] = audits;
    expect(clean?.twin.flaws).toEqual([]);
    expect(clean?.fails.map(({ id, message }) => `${id} ${message}`)).toEqual([]);
    expect(audits.flatMap(({ faults }) => faults)).toEqual([]);
  });

  it.each(liveTwins().map(({ name }) => name))('%s: each check that it is for is red, and no other', (name) => {
    const seen = liveResults(audits.filter(({ twin }) => twin.name === name));
    expect(seen.length).toBeGreaterThan(0);
    const { missed, alarms } = score(seen, []);
    expect([missed, alarms]).toEqual([[], []]);
  });

  it.each([...liveChecks].filter((check) => !neverPasses.has(check)))('%s also looks and finds it right', (check) => {
    expect(audits.filter(({ passed }) => passed.has(check)).map(({ twin }) => twin.name)).not.toEqual([]);
  });

  it('sees the file with the settings, the git folder and the folder the server runs in', () => {
    const subjects = audits.flatMap(({ fails }) =>
      fails.flatMap(({ check, subject }) => (check === 'audit/exposed-file' ? [subject] : [])),
    );
    expect(subjects).toEqual(expect.arrayContaining(['/.env', '/.git/HEAD', '/package.json']));
  });
});

describe('launch-ready audit URL', () => {
  it('says of the clean portal on this machine that nothing is wrong, and of a flawed one what is', () => {
    const fails = [...commands].map(([name, { stdout }]) => {
      const { findings } = JSON.parse(stdout) as { findings: { check: string; outcome: string }[] };
      return [name, [...new Set(findings.filter(({ outcome }) => outcome === 'fail').map(({ check }) => check))]] as const;
    });
    const [clean, flawed] = liveTwins();
    expect(fails).toEqual([
      [clean?.name, []],
      [flawed?.name, expect.arrayContaining(flawed?.flaws.flatMap(({ live = [] }) => live) ?? [])],
    ]);
  });
});

it('no value of a secret is in anything that comes out', () => {
  expect(secrets.length).toBeGreaterThan(3);
  const out = JSON.stringify([audits.map(({ whole }) => whole), [...commands.values()]]);
  expect(out).toContain('Stripe live secret key');
  for (const secret of secrets) expect(out.includes(secret)).toBe(false);
});
