import type { StepResult } from '../tries/run.ts';
import type { LiveCatalog } from '../live/catalog.ts';
import { quote } from './literal.ts';

/** Keys of the sign-up metadata that the repo's own triggers read. */
export function metadataKeys(catalog: LiveCatalog): string[] {
  const keys = catalog.signUpTriggers.flatMap(({ source }) => [
    ...source.matchAll(/raw_user_meta_data\s*(?:->>?|\?)\s*'([^']{1,60})'/gi),
    ...source.matchAll(/\b(?:meta|metadata|user_meta|raw)\w*\s*->>?\s*'([^']{1,60})'/gi),
  ]);
  return [...new Set(keys.map(([, key]) => key ?? ''))];
}

const role = /role|type|perfil|papel|tipo|admin|permission|level|plan|tier/i;
const id = /(?:^|_)ids?$|Id$|uuid/;

/** What somebody harmless types into the form: names and numbers, never a role or the id of something. */
export function harmlessMetadata(keys: readonly string[], mark: string): Record<string, string> {
  return Object.fromEntries(keys.filter((key) => !role.test(key) && !id.test(key)).map((key) => [key, plain(key, mark)]));
}

const plain = (key: string, mark: string): string =>
  /phone|tel|mobile|celular|whatsapp/i.test(key) ? '+15550100' : /mail/i.test(key) ? `${mark}@${mark}.example` : `${mark} ${key}`;

/** The statement by which the auth server makes an account, address confirmed. */
export const signUpSql = (account: { readonly id: string; readonly email: string }, metadata: Readonly<Record<string, unknown>>): string =>
  `INSERT INTO auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data, created_at, updated_at) ` +
  `VALUES ('00000000-0000-0000-0000-000000000000', ${quote(account.id)}, 'authenticated', 'authenticated', ${quote(account.email)}, '', now(), ` +
  `'{"provider":"email","providers":["email"]}', ${quote(JSON.stringify(metadata))}, now(), now())`;

/** A sign-up that failed, with PostgreSQL's word. */
export interface FailedSignUp {
  readonly code: string;
  readonly message: string;
  readonly context: string;
  readonly sql: string;
}

export const failureOf = (result: StepResult, sql: string): FailedSignUp | undefined =>
  result.ok ? undefined : { code: result.code, message: result.message, context: result.context, sql };
