import { keyName } from '../objects/seen.ts';
import { claimsOf } from '../wire/claims.ts';
import { record } from '../surface/schema.ts';
import { contentOf } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';
import type { Witness } from './sign-in.ts';

/** What the app says of somebody, by the name of the field. */
export async function profileOf(sender: Sender, session: Session, { path }: Witness): Promise<ReadonlyMap<string, string>> {
  const answer = await sender.send({ method: 'GET', path }, session);
  const said = new Map<string, string>();
  const walk = (value: unknown, depth: number): void => {
    for (const [name, one] of Object.entries(record(value)))
      if (one !== null && typeof one === 'object') {
        if (depth < 3) walk(one, depth + 1);
      } else if (!said.has(keyName(name))) said.set(keyName(name), String(one));
  };
  if (answer.ok) walk(contentOf(answer.value.text).json, 0);
  // What the app signs of him is what it goes by.
  if (session.token !== undefined) walk(claimsOf(session.token), 0);
  return said;
}
