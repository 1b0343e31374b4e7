import type { LiveEscalation } from '../../../evidence/live-access.ts';
import { keyName } from '../objects/seen.ts';
import type { Account } from '../people/account.ts';
import type { Joining } from '../people/newcomer.ts';
import { ownIdOf } from '../people/own-id.ts';
import { profileOf } from '../people/own-profile.ts';
import type { Person } from '../people/person.ts';
import type { Operation } from '../surface/operation.ts';
import { dangerOf } from '../surface/safety.ts';

/** Somebody whose power may be changed. */
export interface Climber extends Pick<Person, 'name' | 'session' | 'witness' | 'seen'> {
  readonly account: Account;
}

/** His own profile. */
export const self = /\/(?:me|self|profile|account|user|current-?user)$/i;

const powerField = /^(?:role|roles|is_?admin|admin|is_staff|is_superuser|user_type|account_type|permission|access_level)$/;
const whoField = /^(?:user_?name|login|e_?mail|(?:user|account|member)_?id|id)$/;

/** Operations that give somebody a role: their body names the role and somebody, or the address names him. */
export const roleOperations = (operations: readonly Operation[]): Operation[] =>
  operations.filter((operation) => {
    const { method, path, body } = operation;
    const fields = Object.keys(body?.schema.properties ?? {}).map(keyName);
    return (
      /^(?:PUT|PATCH|POST)$/.test(method) &&
      // Forms want a token of their page: `roleOfColleague` has it.
      body?.type === 'json' &&
      !self.test(path) &&
      dangerOf(operation) === undefined &&
      fields.some((name) => powerField.test(name)) &&
      // What makes an account is another question.
      !fields.some((name) => /pass/.test(name)) &&
      (path.includes('{')
        ? /(?:users?|accounts?|members?|customers?|people)\/\{[^}]+\}(?:\/[\w-]*roles?)?$/i.test(path)
        : fields.some((name) => whoField.test(name)))
    );
  });

/** Whether somebody gets a role by what is meant for those who give roles (OWASP API5:2023). */
export async function byRole(
  { sender, journal }: Pick<Joining, 'sender' | 'journal'>,
  { name, session, witness, account, seen }: Climber,
  { id, method, path, body }: Operation,
  wanted: readonly (readonly [string, string | boolean])[],
): Promise<LiveEscalation | 'not for him' | undefined> {
  const own = ownIdOf(seen, witness.path, account);
  if (path.includes('{') && own === undefined) return 'not for him';
  const at = path.replace(/\{[^}]+\}/, encodeURIComponent(own ?? ''));
  const field = Object.keys(body?.schema.properties ?? {}).find((one) => powerField.test(keyName(one))) ?? 'role';
  const before = await profileOf(sender, session, witness);
  const had = before.get(keyName(field));
  const choices = [
    ...(body?.schema.properties?.[field]?.enum ?? []),
    ...wanted.flatMap(([key, value]) => (key === keyName(field) ? [value] : [])),
  ];
  for (const value of new Set(choices.map(String))) {
    if (value === had) continue;
    const sent = Object.fromEntries(
      Object.keys(body?.schema.properties ?? {}).flatMap((one): [string, unknown][] => {
        const key = keyName(one);
        if (one === field) return [[one, value]];
        if (/mail/.test(key)) return [[one, account.email]];
        if (/name|login/.test(key)) return [[one, account.username ?? account.email]];
        return whoField.test(key) ? [[one, own]] : [];
      }),
    );
    const restored =
      had === undefined
        ? () => undefined
        : journal.restoring({ who: name, method, path: at, body: { type: 'json', value: { ...sent, [field]: had } } });
    journal.about({ who: name, method, path: at });
    const answer = await sender.send({ method, path: at, body: { type: 'json', value: sent } }, session);
    if (!answer.ok || answer.value.status >= 400) {
      if (answer.ok) restored();
      continue;
    }
    const now = (await profileOf(sender, session, witness)).get(keyName(field));
    if (now !== value || now === had) {
      restored();
      continue;
    }
    // Back, as far as his new power or his old one lets him.
    if (had !== undefined) await sender.send({ method, path: at, body: { type: 'json', value: { ...sent, [field]: had } } }, session);
    if ((await profileOf(sender, session, witness)).get(keyName(field)) === had) restored();
    const told = 'his own profile says so afterwards';
    return {
      route: id,
      who: name,
      field,
      value,
      told,
      steps: [`${id} with ${field}: ${value} for himself as ${name} → ${answer.value.status}`, told],
    };
  }
  return undefined;
}
