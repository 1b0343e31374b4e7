import { setTimeout } from 'node:timers/promises';
import type { EdgeCache } from '../../../evidence/edge-cache.ts';
import type { Answer, Sender } from '../../access/wire/sender.ts';
import { readHtml } from '../../http/html.ts';
import { cacheNotes, isHit } from './headers.ts';
import { fresh, withFresh } from './ways.ts';

/** Date counts seconds: two answers of the app are never of the same one. */
const secondMs = 1_200;

/** Asks twice for a file that everybody may see: whether this edge keeps anything at all. */
export async function controlOf(sender: Sender): Promise<EdgeCache['control']> {
  const start = await sender.send({ method: 'GET', path: '/' });
  const files = start.ok ? filesIn(start.value.text, sender.origin) : [];
  let text = 'no file that everybody may see was found to ask for twice';
  for (const path of [...files.slice(0, 3), '/robots.txt', '/favicon.ico', '/']) {
    const address = withFresh(path, fresh());
    const first = await sender.send({ method: 'GET', path: address });
    if (!first.ok || first.value.status >= 300) continue;
    await setTimeout(secondMs);
    const second = await sender.send({ method: 'GET', path: address });
    if (!second.ok || second.value.status >= 300) continue;
    const kept = isKept(first.value, second.value);
    if (kept === undefined) {
      text = `GET ${path} was answered twice, and nothing in the answers tells whether the second came out of a cache`;
      continue;
    }
    const notes = cacheNotes(second.value.headers).join(', ');
    if (kept)
      return {
        caches: 'yes',
        text: `GET ${path}, asked for twice, came out of a cache the second time${notes === '' ? '' : ` (${notes})`}`,
      };
    text = `GET ${path}, asked for twice, came from the app both times${notes === '' ? '' : ` (${notes})`}`;
    return { caches: 'no', text };
  }
  return { caches: 'untold', text };
}

/** Whether the second answer is the first one, kept. */
function isKept(first: Answer, second: Answer): boolean | undefined {
  const said = isHit(second.headers);
  if (said === true) return true;
  const [one, other] = [first, second].map(({ headers }) => headers['date']);
  // A cache hands on the date of the app; some set their own, and then it tells nothing.
  if (one !== undefined && one === other) return true;
  return said;
}

function filesIn(page: string, origin: string): string[] {
  return readHtml(page).tags.flatMap(({ name, attributes }) => {
    const address = name === 'script' || name === 'img' ? attributes.get('src') : name === 'link' ? attributes.get('href') : undefined;
    const url = address === undefined ? null : URL.parse(address, origin);
    return url && url.origin === origin && /\.[a-z0-9]{2,5}$/i.test(url.pathname) ? [`${url.pathname}${url.search}`] : [];
  });
}
