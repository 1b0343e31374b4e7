import { describe, expect, it } from 'vitest';
import type { LiveAccess } from '../../../evidence/live-access.ts';
import { cleanUp } from '../journal/clean-up.ts';
import { openJournal } from '../journal/journal.ts';
import { readJournal } from '../journal/read.ts';
import { proveLive } from '../prove.ts';
import { openSender } from '../wire/sender.ts';
import { startTeam, team, type TeamQuirk } from './colleagues-fixture.ts';

const form = 'POST /members/{id}';

async function tried(
  quirks: readonly TeamQuirk[],
  lines: string[] = [],
): Promise<{ readonly live: LiveAccess; readonly role: string; readonly left: readonly string[] }> {
  const app = await startTeam(quirks);
  const sender = openSender({ origin: app.origin, requests: 3_000, userAgent: 'test' });
  try {
    lines.push(JSON.stringify({ is: 'run', origin: app.origin, pid: 1, at: '2026-11-30T08:00:00.000Z' }));
    const journal = openJournal((line) => lines.push(line));
    const live = await proveLive({ sender, routes: [], people: team, writes: true, parts: ['power'], journal });
    const role = app.role();
    const { left } = await cleanUp(sender, readJournal(lines.join('\n'))!, team);
    return { live, role, left };
  } finally {
    await sender.close();
    await app.stop();
  }
}

describe('the role of a colleague', () => {
  it('is given by who leads the team only, and is as before afterwards', async () => {
    const { live, role } = await tried([]);
    expect([live.escalations, live.withstood, role, live.leftovers]).toEqual([[], [form], 'member', []]);
  });

  it('is shown where anybody in the team can give it, and is as before afterwards', async () => {
    const { live, role } = await tried(['any-member']);
    expect(live.escalations.map(({ route, who, value }) => `${who} ${value} ${route}`)).toEqual([`mark editor ${form}`]);
    expect([role, live.leftovers]).toEqual(['member', []]);
  });

  it.each<TeamQuirk>(['roles-are-fixed', 'busy-once-refused'])('is not said to withstand what nobody could tell: %s', async (quirk) => {
    const { live } = await tried([quirk]);
    expect([live.escalations, live.withstood]).toEqual([[], []]);
  });

  it('is told as left where it could not be put back', async () => {
    const { live, role } = await tried(['roles-only-rise']);
    expect([live.withstood, role]).toEqual([[], 'editor']);
    expect(live.leftovers).toEqual(['POST /members/13 as lena would set back what was changed; nobody saw that it was']);
  });

  it('is put back by the journal of a run that broke off, with a token of its own session', async () => {
    const app = await startTeam();
    const sender = openSender({ origin: app.origin, requests: 3_000, userAgent: 'test' });
    const lines = [JSON.stringify({ is: 'run', origin: app.origin, pid: 1, at: '2026-11-30T08:00:00.000Z' })];
    // It breaks off with the first change that was put down and not yet put back.
    const journal = openJournal((line) => {
      if (!lines.some((one) => one.includes('"restoring"'))) lines.push(line);
    });
    await proveLive({ sender, routes: [], people: team, writes: true, parts: ['power'], journal });
    const { done, left } = await cleanUp(sender, readJournal(lines.join('\n'))!, team);
    expect([done, left]).toEqual([['set back by POST /members/13 as lena'], []]);
    await sender.close();
    await app.stop();
  });
});
