import type { LiveAccess, LivePerson } from '../../evidence/live-access.ts';
import { askAccounts } from './accounts/ask.ts';
import { removeAll } from './journal/remove.ts';
import { onlyAdministrators } from './pages/only-admins.ts';
import { ownAccounts } from './pages/own-account.ts';
import type { Person } from './people/person.ts';
import { accountLeft } from './people/sign-up.ts';
import { accountThingProbes } from './probes/account-things.ts';
import { takeOver } from './probes/accounts.ts';
import { renewer } from './probes/again.ts';
import { climb } from './probes/privileges.ts';
import { appWideProbes } from './probes/app-wide.ts';
import { sessionsHeld } from './probes/sessions-held.ts';
import { askSessions } from './sessions/ask.ts';
import { lookAround } from './steps/look.ts';
import { makeAll } from './steps/make.ts';
import { type LiveInput, startRun } from './steps/run.ts';
import { tryRoutes } from './steps/try.ts';
import { allowedInVain } from './surface/allowed.ts';
import { asCalled } from './surface/as-called.ts';
import { routesTold } from './surface/told.ts';
import { endpointsOf } from './webhooks/endpoints.ts';
import { tryWebhooks } from './webhooks/trials.ts';

/** Signs in as several people and tries what each gets of the others'. */
export async function proveLive(input: LiveInput): Promise<LiveAccess> {
  const run = startRun(input);
  const { sender, journal, begin, wants, tries } = run;
  const { routes, writes, mailbox, allow = [], idleSeconds } = input;
  const known = await lookAround(run);
  const { people, doors, asking, operations } = known;
  const inVain = allowedInVain(operations, allow);
  const making = await makeAll(run, known);
  const { cells: tried, pages, recipes } = await tryRoutes(run, known, making);
  const cells = [...tried];

  begin('trying to gain more rights');
  const accounts = people.flatMap(({ from, account }) => (from === 'signed-up' && account ? [account.email] : []));
  const joining = { sender, doors, operations, journal, accounts, ...(mailbox && { mailbox }) };
  if (tries) {
    const { walked } = making;
    const renewed = renewer({ sender, doors: doors.signIn, operations });
    cells.push(...(await takeOver(joining)), ...(await accountThingProbes(joining)), ...(await ownAccounts(joining, people, walked)));
    const ruled = await onlyAdministrators({ ...joining, people, walked, renewed });
    cells.push(...(await sessionsHeld(sender, people, ruled)));
  }
  const climbed = writes && wants('power') ? await climb({ ...joining, pages }, people, making.walked) : { escalations: [], withstood: [] };

  begin('sending messages to webhooks');
  const left: string[] = [];
  const endpoints = wants('webhooks') ? endpointsOf(input.webhooks ?? [], routes, operations) : [];
  const webhooks = await tryWebhooks({ sender, people, journal, left }, endpoints, writes);

  begin('trying how sessions begin and end');
  let leftovers: string[] = [];
  const clear = async (): Promise<void> => {
    begin('removing what was made');
    leftovers = await removeAll({ sender, journal, operations, showed: run.showed });
  };
  // Who has a key has no session that begins or ends.
  const anybody = wants('sessions') ? people.find(({ account, door }) => account !== undefined && door?.kind !== 'key') : undefined;
  const ground = anybody?.account && {
    sender,
    account: anybody.account,
    doors: doors.signIn,
    operations,
    writes,
    ...(idleSeconds !== undefined && { idleSeconds }),
  };
  const sessions = anybody && ground ? await askSessions(ground, anybody, journal, clear) : [];
  if (!anybody) await clear();

  begin('trying how people get into their accounts');
  const trials = !wants('accounts')
    ? []
    : await askAccounts({ sender, doors, asking, operations, people, journal, writes, left, ...(mailbox && { mailbox }) });
  // Nobody may be there afterwards.
  if (tries) cells.push(...(await appWideProbes(joining, people)));

  const done = { cells, sessions, accounts: trials, webhooks, ...climbed };
  const live: LiveAccess = {
    origin: sender.origin,
    people: people.filter(({ account }) => account).map(personTold),
    routes: routesTold({ ...done, operations, sent: run.sent, made: journal.all, code: routes, writes }),
    ...done,
    ...(climbed.escalations.length + climbed.withstood.length === 0 && {
      untriedPower: writes ? 'no account made for testing could change its own profile or sign up' : 'nothing may be changed in the app',
    }),
    leftovers: [
      ...leftovers,
      ...left,
      ...(doors.strays ?? []).map(
        (path) => `what POST ${path} may have made of an empty request, which was sent to see whether people sign in or sign up there`,
      ),
      ...accounts.map((email) => accountLeft(email, doors)),
    ],
    made: journal.all.length,
    requests: sender.sent(),
    writes,
    ...(sender.unasked().length > 0 && { unasked: sender.unasked() }),
    ...(inVain.length > 0 && { allowedInVain: inVain }),
    recipes,
  };
  return asCalled(live, [...operations, ...known.links]);
}

const personTold = ({ name, tenant, role, administrator, from, proof }: Person): LivePerson => ({
  name,
  tenant,
  ...(role !== undefined && { role }),
  administrator,
  from,
  proof,
});
