import type { LiveCell } from '../../../evidence/live-access.ts';
import { keyName } from '../objects/seen.ts';
import { type Joining, newcomer } from '../people/newcomer.ts';
import type { Person } from '../people/person.ts';
import { isHis, signIn } from '../people/sign-in.ts';
import { isForTheWhole } from '../surface/allowed.ts';
import type { Operation } from '../surface/operation.ts';
import { contentOf, scalars } from '../wire/content.ts';
import { record } from '../surface/schema.ts';

/**
 * Tries what the user allowed by name and what is done to no single thing (`GET /reset-database`, `POST /admin/reset-password`): as a visitor, then as an
 * ordinary person, and last of all in a run, because nobody may be there afterwards. What tells is whether an account that could sign in before still can,
 * and whether the answer hands out a password; a friendly status alone tells nothing (OWASP API5:2023).
 */
export async function appWideProbes(joining: Joining, people: readonly Person[]): Promise<LiveCell[]> {
  const cells: LiveCell[] = [];
  const ordinary = people.find(({ account, administrator }) => account && !administrator);
  const visitor = people.find(({ account }) => !account);
  for (const operation of joining.operations.filter(isForTheWhole))
    for (const who of [visitor, ordinary]) {
      if (!who) continue;
      const cell = await tried(joining, operation, who, people);
      cells.push(cell);
      if (cell.outcome === 'got') break;
    }
  return cells;
}

async function tried(joining: Joining, { id, method, path }: Operation, who: Person, people: readonly Person[]): Promise<LiveCell> {
  const { sender, journal } = joining;
  const witness = await somebody(joining, people, who);
  journal.about({ who: who.name, method, path });
  const answer = await sender.send(
    { method, path, deliberate: true, ...(method !== 'GET' && { body: { type: 'json', value: {} } }) },
    who.session,
  );
  const cell = {
    route: id,
    verb: 'update',
    who: who.name,
    relation: who.account ? 'stranger' : 'visitor',
    whose: 'everybody',
    request: `${method} ${path}`,
    status: answer.ok ? answer.value.status : 0,
  } as const;
  if (!answer.ok) return { ...cell, outcome: 'unknown', shows: [], why: answer.fault.message };
  if (witness && !(await witness()))
    // Too many tries shut everybody out for a while: that a new account still gets in shows that it is not that.
    return (await newcomer(joining))
      ? { ...cell, outcome: 'got', proof: 're-read', shows: ['an account that could sign in before cannot any more, and a new one can'] }
      : { ...cell, outcome: 'unknown', shows: [], why: 'nobody can sign in now, which a limit on tries does as well' };
  const isRefused = [401, 403].includes(answer.value.status) || /log-?in|sign-?in/i.test(answer.value.location ?? '');
  if (isRefused) return { ...cell, outcome: 'refused', shows: [] };
  const secret = passwordIn(contentOf(answer.value.text).json);
  if (secret !== undefined) return { ...cell, outcome: 'got', proof: 'values', shows: [`a password in the answer, under “${secret}”`] };
  return { ...cell, outcome: 'unknown', shows: [], why: `it answers ${cell.status}, and what it did cannot be seen from outside` };
}

/** Somebody else who can sign in now: gives what tells whether he still can. */
async function somebody(joining: Joining, people: readonly Person[], who: Person): Promise<(() => Promise<boolean>) | undefined> {
  const { sender, doors, operations } = joining;
  const fresh = await newcomer(joining);
  const one = fresh ?? people.find(({ account, administrator, name }) => account && !administrator && name !== who.name);
  if (!one?.account) return undefined;
  const { account, door } = one;
  const ways = [...(door ? [door] : []), ...doors.signIn];
  const canSignIn = async (): Promise<boolean> => {
    const way = await signIn(sender, ways, account, operations);
    return way !== undefined && (await isHis(sender, way.session, way.witness));
  };
  return (await canSignIn()) ? canSignIn : undefined;
}

/** The key of a password that an answer gives in plain text. */
function passwordIn(json: unknown): string | undefined {
  const rows = [record(json), ...Object.values(record(json)).map(record)];
  for (const row of rows)
    for (const [key, value] of Object.entries(row))
      if (
        /^(?:new_?)?pass(?:word|wd)$/.test(keyName(key)) &&
        typeof value === 'string' &&
        [...scalars(value)].some((one) => /^\S{6,}$/.test(one) && !/^[*•]+$/.test(one))
      )
        return key;
  return undefined;
}
