import type { Mailbox } from '../mail/mailbox.ts';
import type { Field, Form } from '../surface/crawl.ts';
import { readPage } from '../surface/crawl.ts';
import type { Operation } from '../surface/operation.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import { emptySession, type Session } from '../wire/session.ts';
import type { Account } from './account.ts';
import type { SingleSignOn } from './sso.ts';
import { isPage } from '../wire/content.ts';

/** A way in that somebody may sign in or sign up by. */
export type Door = PlainDoor | MailDoor | KeyDoor | ElsewhereDoor;

/** Somebody else says who he is: an identity provider, or a service that hands out tokens. */
export interface ElsewhereDoor {
  readonly kind: 'elsewhere';
  /** For people. */
  readonly name: string;
  /** Signs in there and brings the session; gives the last answer, `undefined` where he is not let in. */
  enter(sender: Sender, account: Account, session: Session): Promise<Answer | undefined>;
  /** Where it is an identity provider: the two halves of the flow. */
  readonly sso?: SingleSignOn;
}

/** Whether what signs in is sent to the app itself, by a form or by its API. */
export const isPlain = (door: Door): door is PlainDoor => door.kind === 'form' || door.kind === 'api';

/** None is needed: what says who somebody is goes with each request. */
export interface KeyDoor {
  readonly kind: 'key';
  /** What goes along, in words without the key. */
  readonly how: string;
}

/** A form, or an operation of the API. */
export type PlainDoor = {
  /** Operations that may take a code of who needs one after his password. */
  readonly code?: readonly Operation[];
} & ({ readonly kind: 'form'; readonly page: string; readonly form: Form } | { readonly kind: 'api'; readonly operation: Operation });

/** A sign-in for which a link or a code is mailed. */
export interface MailDoor {
  readonly kind: 'mail';
  /** Where the mail is asked for. */
  readonly ask: PlainDoor;
  /** Operations of the API that may take the code, or the token of the link. */
  readonly enter: readonly Operation[];
  readonly mailbox: Mailbox;
}

export interface Doors {
  readonly signIn: readonly Door[];
  readonly signUp: readonly Door[];
  /** Addresses that made something of an empty request. */
  readonly strays?: readonly string[];
}

const usualPages = [
  '/login',
  '/signin',
  '/sign-in',
  '/auth/login',
  '/auth',
  '/users/sign_in',
  '/account/login',
  '/register',
  '/signup',
  '/sign-up',
  '/auth/register',
  '/users/sign_up',
];
const signInPath = /log-?_?in\b|sign-?_?in\b|\/sessions?$|\/authenticate$|\/auth$|\/token$/i;
const signUpPath = /sign-?_?up\b|register|registration|create-?account|\/join$|\/(?:users|accounts)$/i;
/** Ways in that we have no password for. */
const otherWays = /oauth|oidc|saml|sso|google|github|facebook|apple|microsoft|magic|passkey|webauthn|verify|refresh|callback|2fa|mfa|totp/i;

/** Finds where the app lets people sign in and sign up: forms with a password on its pages, operations of its API that take one, and paths its scripts name. */
export async function findDoors(
  sender: Sender,
  operations: readonly Operation[],
  scripted: readonly string[],
  writes: boolean,
): Promise<Doors> {
  const forms: { readonly page: string; readonly form: Form }[] = [];
  const seen = new Set<string>();
  const open = ['/', ...usualPages];
  for (let nth = 0; nth < open.length && seen.size < 30; nth += 1) {
    const path = open[nth]!;
    if (seen.has(path)) continue;
    seen.add(path);
    const isDoor = signInPath.test(path) || signUpPath.test(path);
    const answer = await sender.send({ method: 'GET', path, ...(isDoor && { deliberate: true }) }, emptySession());
    if (!answer.ok) continue;
    const { location, status, text } = answer.value;
    if (location?.startsWith('/') && status >= 300 && status < 400) open.splice(nth + 1, 0, location);
    if (!isPage(text)) continue;
    const page = readPage(text, path, sender.origin);
    for (const link of page.links) if ((signInPath.test(link) || signUpPath.test(link)) && !otherWays.test(link)) open.push(link);
    for (const form of page.forms)
      if (form.method === 'POST' && form.fields.some(isPassword) && !forms.some((one) => one.form.action === form.action))
        forms.push({ page: path, form });
  }
  const takesPassword = operations.filter(
    ({ method, path, body }) =>
      method === 'POST' &&
      !path.includes('{') &&
      !otherWays.test(path) &&
      // What the code has there is what the form sends to; nothing says that it takes JSON as well.
      !(body === undefined && forms.some(({ form }) => form.action === path)) &&
      (body === undefined || Object.keys(body.schema.properties ?? { password: {} }).some((name) => /pass|pwd/i.test(name))),
  );
  const api = (wanted: RegExp): PlainDoor[] =>
    takesPassword.filter(({ path }) => wanted.test(path)).map((operation) => ({ kind: 'api', operation }));
  const isSignUp = ({ page, form }: { readonly page: string; readonly form: Form }): boolean =>
    signUpPath.test(form.action) || (signUpPath.test(page) && !signInPath.test(form.action)) || form.fields.filter(isPassword).length > 1;
  const door = (one: (typeof forms)[number]): PlainDoor => ({ kind: 'form', ...one });
  const signIn = [...api(signInPath), ...forms.filter((one) => !isSignUp(one)).map(door)];
  const signUp = [
    ...api(signUpPath).filter((one) => one.kind === 'api' && !signInPath.test(one.operation.path)),
    ...forms.filter(isSignUp).map(door),
  ];
  if (signIn.length > 0 && (signUp.length > 0 || !writes)) return { signIn, signUp };
  const inScripts = scripted.filter((path) => !otherWays.test(path) && !path.includes('{'));
  const strays: string[] = [];
  const guessed = (wanted: RegExp, but: RegExp, usual: readonly string[]): Promise<Door[]> =>
    usualDoors(sender, [...inScripts.filter((path) => wanted.test(path) && !but.test(path)).slice(0, 4), ...usual], strays);
  return {
    strays,
    signIn: signIn.length > 0 ? signIn : await guessed(signInPath, signUpPath, usualSignIns),
    signUp: signUp.length > 0 || !writes ? signUp : await guessed(signUpPath, signInPath, usualSignUps),
  };
}

const usualSignIns = [
  '/auth/login',
  '/api/auth/login',
  '/api/login',
  '/login',
  '/users/login',
  '/api/users/login',
  '/api/v1/auth/login',
  '/api/session',
  '/api/sessions',
  '/session',
  '/sessions',
  '/ghost/api/admin/session/',
];
const usualSignUps = [
  '/users/register',
  '/auth/register',
  '/api/auth/register',
  '/api/register',
  '/register',
  '/auth/signup',
  '/api/auth/signup',
  '/api/signup',
];

/**
 * Where nothing says how to get in: the usual addresses of an API that are there. An empty request tells, and does nothing; `strays` gets the addresses
 * that made something of it all the same.
 */
export async function usualDoors(sender: Sender, paths: readonly string[], strays: string[] = []): Promise<PlainDoor[]> {
  const doors: PlainDoor[] = [];
  for (const path of paths) {
    const answer = await sender.send({ method: 'POST', path, body: { type: 'json', value: {} }, harmless: true }, emptySession());
    if (answer.ok && answer.value.status === 201) strays.push(path);
    if (!answer.ok || answer.value.status === 404 || answer.value.status === 405 || answer.value.status < 400) continue;
    doors.push({ kind: 'api', operation: { id: `POST ${path}`, method: 'POST', path, parameters: [], sources: ['crawl'] } });
  }
  return doors;
}

const isPassword = ({ type, name }: Field): boolean => type === 'password' || /^pass(?:word|wd)?$/i.test(name);

/** Where what goes through a door is sent to. */
export const addressOfDoor = (door: PlainDoor): string => (door.kind === 'form' ? door.form.action : door.operation.path);

/** `POST /login`. */
export function doorName(door: Door): string {
  if (door.kind === 'mail') return `${doorName(door.ask)} and the mail`;
  if (door.kind === 'key') return door.how;
  if (door.kind === 'elsewhere') return door.name;
  return door.kind === 'form' ? `POST ${door.form.action}` : door.operation.id;
}
