import type { People } from './people.ts';

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** A text for people: the random ids, addresses and marks of ours in it are put in words, so that it reads the same in every run. */
export function withoutMarks(text: string, { accounts, marks }: Pick<People, 'accounts' | 'marks'>): string {
  let plain = text;
  for (const { name, id, email } of accounts)
    plain = plain.replaceAll(id, `the id of the ${name}`).replaceAll(email, `the address of the ${name}`);
  plain = plain.replace(uuid, 'an id');
  for (const mark of new Set([...Object.values(marks), ...accounts.map((account) => account.mark)]))
    plain = plain.replace(new RegExp(`\\b${mark}\\w*`, 'g'), 'a text of ours');
  return plain;
}
