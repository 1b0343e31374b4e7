import type { Entry, EntryValue, SignInRecipe } from '../../../evidence/live-recipes.ts';
import type { Account } from '../people/account.ts';
import type { Person } from '../people/person.ts';
import { record } from '../surface/schema.ts';
import type { Begun } from '../wire/session.ts';

/** How each person was signed in; whoever gave no password is left out, and whose session is bound to a header. */
export const signInsOf = (people: readonly Person[]): SignInRecipe[] =>
  people.flatMap(({ name, account, session, joined }) => {
    const { begun, forgeryToken } = session;
    if (!account || !begun || session.bound.size > 0) return [];
    return [
      {
        who: name,
        entry: entryOf(begun, account),
        ...(joined && { signUp: entryOf(joined, account) }),
        ...(forgeryToken && { forgeryToken }),
      },
    ];
  });

function entryOf({ path, body, form, token }: Begun, account: Account): Entry {
  const sent = body.type === 'json' ? Object.entries(record(body.value)) : body.fields;
  // Hidden fields hold tokens of one session: they are read out of the page again.
  const fields = sent
    .filter(([name]) => form === undefined || form.filled.includes(name))
    .map(([name, value]): readonly [string, EntryValue] => [name, entryValue(value, account)]);
  return {
    path,
    type: body.type === 'json' ? 'json' : 'form',
    fields,
    ...(form && { page: form.page }),
    ...(token && { token }),
  };
}

function entryValue(value: unknown, { email, username, password }: Account): EntryValue {
  if (value === password) return { account: 'password' };
  if (value === email) return { account: 'email' };
  if (value === username) return { account: 'username' };
  return { value: typeof value === 'number' || typeof value === 'boolean' || value === null ? value : String(value) };
}
