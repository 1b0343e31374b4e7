import { textsOfScripts } from '../surface/scripts.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import { frontendApiOf, publishableKeys } from './publishable-key.ts';

/** Address of Clerk's Frontend API by the key that stands in the pages and scripts of the app, which shows it to everybody. */
export async function frontendApiIn(sender: Sender): Promise<URL | undefined> {
  for (const path of ['/', '/sign-in', '/login']) {
    const page = await sender.send({ method: 'GET', path, deliberate: true }, emptySession());
    const api = page.ok ? apiIn(page.value.text) : undefined;
    if (api) return api;
  }
  for await (const { text } of textsOfScripts(sender)) {
    const api = apiIn(text);
    if (api) return api;
  }
  return undefined;
}

const apiIn = (text: string): URL | undefined => [...text.matchAll(publishableKeys)].flatMap(([key]) => frontendApiOf(key) ?? [])[0];
