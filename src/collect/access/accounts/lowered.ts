import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import type { AccountWithPassword } from '../people/account.ts';
import type { Person } from '../people/person.ts';
import { signIn } from '../people/sign-in.ts';
import { livesShortly } from '../sessions/logout.ts';
import { type AccountGround, broken, holds, none, unclear, unknown } from './ground.ts';
import { type MemberRole, memberRoles } from './member-role.ts';
import { outlived, shownTo } from './outlived.ts';

const about = { question: 'lowered-session', flow: 'invitation' } as const;

/** Roles that are tried for a higher one, at most. */
const mostRoles = 2;

/**
 * Whether the session of somebody whose role was lowered still opens what only the higher one may (ASVS 7.4.2, 8.3.2). Only the role of somebody whom we
 * invited is changed: he is given a higher one, signs in, and gets back the one he had. What a new sign-in of his no longer gets and the old session does
 * is the proof; where no role opens more to him, nothing is said.
 */
export async function tryLowered(ground: AccountGround, inviter: Person, member: AccountWithPassword): Promise<AccountTrial> {
  const { sender, operations } = ground;
  const ways = await memberRoles(sender, operations, inviter, member.email);
  if (ways.length === 0) return none(about.question, about.flow, 'no way was found to change the role of a member');
  let last: AccountTrial | undefined;
  for (const way of ways) {
    const had = await way.now();
    if (had === undefined) continue;
    for (const higher of way.others.filter((role) => role !== had).slice(0, mostRoles)) {
      last = await lowered(ground, { inviter, member, way, had, higher });
      if (last.outcome !== 'unknown') return last;
    }
  }
  return last ?? unknown(about, 'no other role was found that a member may be given');
}

interface Lowering {
  readonly inviter: Person;
  readonly member: AccountWithPassword;
  readonly way: MemberRole;
  readonly had: string;
  readonly higher: string;
}

async function lowered(ground: AccountGround, lowering: Lowering): Promise<AccountTrial> {
  const { journal, left } = ground;
  const { inviter, member, way, had, higher } = lowering;
  const back = await way.giving(had);
  if (!back) return unknown(about, 'the form for the role was not there any more');
  const { method, path, body } = back;
  const restored = journal.restoring({ who: inviter.name, method, path, body, ...(way.page !== undefined && { page: way.page }) });
  const given = await give(ground, lowering, higher);
  try {
    return given ? await compared(ground, lowering) : unknown(about, `the role ${higher} could not be given to a member, by ${way.told}`);
  } finally {
    if ((await way.now()) === had || (await give(ground, lowering, had))) restored();
    else left.push(`the role of ${member.email}, which was ${had}`);
  }
}

/** Gives the member a role as the one who invited him; whether the app says so afterwards. */
async function give({ sender, journal }: AccountGround, { inviter, way }: Lowering, role: string): Promise<boolean> {
  const message = await way.giving(role);
  if (!message) return false;
  journal.about({ who: inviter.name, method: message.method, path: message.path });
  await sender.send(message, inviter.session);
  return (await way.now()) === role;
}

/** With the higher role given: what its session opens once the role is taken away again, and a new one does not. */
async function compared(ground: AccountGround, lowering: Lowering): Promise<AccountTrial> {
  const { sender, doors, operations } = ground;
  const { inviter, member, way, had, higher } = lowering;
  const comes = () => signIn(sender, doors.signIn, member, operations);
  const raised = await comes();
  const steps = [`gave ${member.email} the role ${higher} instead of ${had} as ${inviter.name}, by ${way.told}, and signed in as him`];
  if (!raised) return unknown(about, 'he could not sign in with the higher role', steps);
  const leaders = await shownTo(ground, inviter, inviter.session);
  const saw = await shownTo(ground, inviter, raised.session);
  if (!(await give(ground, lowering, had)))
    return unknown(about, `the role ${higher} could not be taken away again, by ${way.told}`, steps);
  steps.push(`gave him the role ${had} again, and signed in once more as him`);
  const again = await comes();
  if (!again) return unknown(about, 'he could not sign in any more afterwards', steps);
  const { lost, still, doubts } = await outlived(ground, inviter, { saw, leaders, old: raised.session, again: again.session });
  if (lost === undefined)
    return doubts.length > 0
      ? unclear(about, doubts.join('; '), steps)
      : unknown(about, `the role ${higher} opens nothing to him that we could see and ${had} does not`, steps);
  steps.push(`GET ${still ?? lost} with the session from before, which ${higher} opens and ${had} does not`);
  if (doubts.length > 0) return unclear(about, doubts.join('; '), steps);
  if (still === undefined)
    return holds(about, 'the session of somebody whose role was lowered opens nothing of the higher one any more', steps);
  return {
    ...broken(
      about,
      `a session from before a role was lowered from ${higher} to ${had} still opens GET ${still}, which a new sign-in does not`,
      steps,
    ),
    ...(livesShortly(raised.session.token) && { mild: true as const }),
  };
}
