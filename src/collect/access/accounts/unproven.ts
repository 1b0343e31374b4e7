import { randomBytes } from 'node:crypto';
import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { doorName } from '../people/doors.ts';
import { keepToken } from '../people/enter.ts';
import { fillings } from '../people/fill.ts';
import { standingOf } from '../people/sign-in.ts';
import { passwordLeft, trialPassword } from '../people/trial-password.ts';
import type { Operation } from '../surface/operation.ts';
import type { Body } from '../wire/body.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { type AccountGround, broken, entering, enterWith, holds, type Subject, unclear, unknown } from './ground.ts';

const setting = { question: 'password-unproven', flow: 'password reset' } as const;
const login = { question: 'login-unproven', flow: 'sign-in' } as const;

/** Where builders put the route that sets a first or a new password; asked whether it is there, described or not. */
const usualSetters = [
  '/setup-password',
  '/set-password',
  '/create-password',
  '/update-password',
  '/change-password',
  '/reset-password',
  '/api/setup-password',
  '/api/set-password',
  '/api/update-password',
  '/api/reset-password',
  '/api/change-password',
  '/api/auth/setup-password',
  '/api/auth/set-password',
  '/api/auth/reset-password',
  '/api/auth/update-password',
];
/** Ways in that were meant for an app on the phone, a demo or a test. */
const usualLogins = [
  '/login/mobile',
  '/api/login/mobile',
  '/api/auth/mobile',
  '/login/email',
  '/api/login/email',
  '/api/auth/email',
  '/dev-login',
  '/api/dev-login',
  '/api/auth/dev-login',
  '/demo-login',
  '/test-login',
  '/auto-login',
  '/api/auth/auto-login',
];

/** What may change the passwords of others, or the rules for them, is not ours to try. */
const touchesMany = /(?:^|[/_-])(?:all|bulk|every\w*|admin|expire|rotate|policy|policies)(?:$|[/_-])/i;

/** Sign-ins that cost tries of a limit: no more than these for what only looked as if it had worked. */
const mostProofs = 4;

/** Sets the password of an account made for testing by naming its address alone (OWASP API2:2023); signing in with it is the proof. */
export async function setUnproven(ground: AccountGround, subject: Subject): Promise<AccountTrial> {
  const { sender, operations, journal, left } = ground;
  const { account, name } = subject;
  const described = operations
    .filter(
      ({ method, path }) =>
        method !== 'GET' &&
        method !== 'DELETE' &&
        !path.includes('{') &&
        /passw|pwd/i.test(path) &&
        !/forgot|login|sign-?in/i.test(path) &&
        !touchesMany.test(path),
    )
    .map(({ method, path }) => ({ method, path }));
  const ways = withoutRepeats([...described, ...usualSetters.map((path) => ({ method: 'POST', path }))]);
  const isNowhere = nowhereIn(sender);
  const steps: string[] = [];
  const password = trialPassword(account.password, 3);
  const values = (wanted: string): Record<string, string> => ({
    email: account.email,
    username: account.username ?? account.email,
    password: wanted,
    newPassword: wanted,
    new_password: wanted,
    password_confirmation: wanted,
    confirmPassword: wanted,
  });
  const back = account.made ? () => undefined : journal.password(name);
  let proofs = 0;
  let doubt: string | undefined;
  for (const { method, path } of ways) {
    for (const body of bodiesOf(values(password))) {
      const answer = await send(ground, name, { method, path, body });
      if (!answer || (await isNowhere(path, answer))) break;
      steps.push(`${method} ${path} with the address and a new password (${body.type}) → ${answer.status}`);
      if (answer.status >= 400 || proofs >= mostProofs || (await isAlikeWithout(sender, { method, path, type: body.type }, answer)))
        continue;
      proofs += 1;
      const entered = await entering(sender, subject, password);
      if (entered.is === 'unclear') doubt = entered.answered;
      if (entered.is !== 'his') continue;
      const told = [...steps, 'signed in with that password'];
      await send(ground, name, {
        method,
        path,
        body:
          body.type === 'json'
            ? { type: 'json', value: values(subject.password) }
            : { type: 'form', fields: Object.entries(values(subject.password)) },
      });
      if (await enterWith(sender, subject, subject.password)) back();
      else {
        subject.password = password;
        if (!account.made) left.push(`the password of ${name}, which ${passwordLeft}`);
      }
      return broken(setting, `anybody can set the password of an account by ${method} ${path} and its address`, told);
    }
  }
  // The password that still holds was not set by any of it.
  if (doubt !== undefined && !(await enterWith(sender, subject, subject.password))) {
    if (!account.made) left.push(`the password of ${name}, which ${passwordLeft}`);
    return unclear(setting, doubt, steps);
  }
  back();
  steps.push(`${usualSetters.length} other addresses at which such a route is often found: none sets it`);
  return holds(setting, 'no route set a password for somebody who only knew the address', steps);
}

/** Signs in by naming an address alone: by the usual doors without a password, and by others that ask for none. */
export async function loginUnproven(ground: AccountGround, { account, witness, name }: Subject): Promise<AccountTrial> {
  const { sender, doors, operations } = ground;
  const steps: string[] = [];
  let doubt: string | undefined;
  const isIn = async (session: Session, answer: Answer | undefined, told: string): Promise<boolean> => {
    steps.push(`${told} → ${answer?.status ?? 'no answer'}`);
    if (!answer || answer.status >= 400) return false;
    keepToken(answer, session);
    const standing = await standingOf(sender, session, witness);
    if (standing.is === 'unclear') doubt = standing.answered;
    return standing.is === 'his';
  };
  const found = (told: string): AccountTrial => {
    const all = [...steps, `GET ${witness.path} shows the account`];
    return witness.names.length > 0
      ? broken(login, `knowing an address is enough to be signed in as its owner: ${told}`, all)
      : unknown(login, `${told} opens a page that visitors are refused, but the app does not say whose account that is`, all);
  };
  for (const door of doors.signIn.slice(0, 3)) {
    if (door.kind !== 'form') continue;
    const session = emptySession();
    for (const message of await fillings(sender, door, { ...account, password: '' }, session)) {
      const answer = await send(ground, name, { method: 'POST', ...message }, session);
      const told = `${doorName(door)} without a password`;
      if (await isIn(session, answer, told)) return found(told);
    }
  }
  const known = doors.signIn.flatMap((door) => (door.kind === 'api' ? [door.operation] : []));
  const described = [...known, ...operations]
    .filter(
      ({ method, path }) =>
        method === 'POST' &&
        !path.includes('{') &&
        isLogin(path) &&
        !doors.signIn.some((door) => door.kind === 'form' && door.form.action === path),
    )
    .map(({ method, path }) => ({ method, path }));
  const isNowhere = nowhereIn(sender);
  for (const { method, path } of withoutRepeats([...described, ...usualLogins.map((one) => ({ method: 'POST', path: one }))]))
    for (const body of bodiesOf({ email: account.email, username: account.username ?? account.email })) {
      const session = emptySession();
      const answer = await send(ground, name, { method, path, body }, session);
      if (!answer || (await isNowhere(path, answer))) break;
      const told = `${method} ${path} with nothing but the address (${body.type})`;
      if (await isIn(session, answer, told)) return found(told);
    }
  steps.push(`${usualLogins.length} other addresses at which such a way in is often found: none signs in`);
  if (doubt !== undefined) return unclear(login, doubt, steps);
  return holds(login, 'nobody is signed in by naming an address', steps);
}

const isLogin = (path: string): boolean =>
  /log-?_?in\b|sign-?_?in\b|\/sessions?$|\/authenticate$|\/auth(?:\/(?:callback\/)?(?:credentials|email|mobile|phone|demo|dev|test|guest|quick|auto))?$/i.test(
    path,
  ) &&
  !/out|register|sign-?up|forgot|reset|refresh|magic/i.test(path) &&
  !touchesMany.test(path);

const withoutRepeats = <T extends Pick<Operation, 'method' | 'path'>>(all: readonly T[]): T[] => [
  ...new Map(all.map((one) => [`${one.method} ${one.path}`, one])).values(),
];

/** What a field is called nobody knows, nor how it is sent: the usual names at once, as JSON and as a form. */
const bodiesOf = (values: Readonly<Record<string, string>>): Body[] => [
  { type: 'json', value: values },
  { type: 'form', fields: Object.entries(values) },
];

async function send(
  { sender, journal }: AccountGround,
  who: string,
  message: { readonly method: string; readonly path: string; readonly body: Body },
  session?: Session,
): Promise<Answer | undefined> {
  journal.about({ who, method: message.method, path: message.path });
  const answer = await sender.send(message, session);
  return answer.ok ? answer.value : undefined;
}

/** Whether there is nothing at an address: some apps answer 200 or 500 to whatever they do not know, each folder of theirs in another way. */
function nowhereIn(sender: Sender): (path: string, answer: Answer) => Promise<boolean> {
  const known = new Map<string, Answer | undefined>();
  return async (path, { status, text }) => {
    if (status === 404 || status === 405) return true;
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (!known.has(folder)) {
      const nonsense = `${folder}/launch-ready-${randomBytes(4).toString('hex')}`;
      const answer = await sender.send({ method: 'POST', path: nonsense, body: { type: 'json', value: {} } });
      known.set(folder, answer.ok ? answer.value : undefined);
    }
    const nowhere = known.get(folder);
    return status === nowhere?.status && (status >= 400 || text === nowhere.text);
  };
}

/** Whether a route leads whoever sends nothing to the same page: it asks who is calling first, and that is the page to sign in. */
async function isAlikeWithout(
  sender: Sender,
  asked: { readonly method: string; readonly path: string; readonly type: Body['type'] },
  answer: Answer,
): Promise<boolean> {
  const { method, path, type } = asked;
  const bare = await sender.send({ method, path, body: type === 'json' ? { type, value: {} } : { type: 'form', fields: [] } });
  return (
    answer.status >= 300 &&
    bare.ok &&
    bare.value.status === answer.status &&
    bare.value.location === answer.location &&
    bare.value.text === answer.text
  );
}
