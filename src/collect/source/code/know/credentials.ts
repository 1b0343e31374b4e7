import type { Module } from '../module.ts';
import { type Machine, native, type Span, unknown, type Value } from '../interpret/value.ts';

/** A password-style login that next-auth hands to the app's own function: whom it returns is signed in. */
export interface CredentialsLogin {
  readonly authorize: Value;
  readonly name: string;
  readonly node: Span;
  readonly module: Module;
}

const logins = new WeakMap<Machine, CredentialsLogin[]>();

/** The logins met while modules were read. */
export function credentialsLogins(machine: Machine): CredentialsLogin[] {
  let list = logins.get(machine);
  if (!list) logins.set(machine, (list = []));
  return list;
}

/** `Credentials({ authorize })` of next-auth's providers. */
export const credentialsProvider: Value = native(({ machine, args, node, module }) => {
  const authorize = args[0]?.props?.get('authorize');
  const list = credentialsLogins(machine);
  const id = args[0]?.props?.get('id')?.literal?.is ?? args[0]?.props?.get('name')?.literal?.is;
  const known = list.some((login) => login.module === module && login.node.start === node.start);
  if (authorize && !known) list.push({ authorize, name: typeof id === 'string' ? id : 'credentials', node, module });
  return unknown;
});
