import type { Target } from '../../core/target.ts';
import type { Vault } from '../../core/vault.ts';
import type { SourceMap } from '../../evidence/http.ts';
import type { Secret } from '../../evidence/secrets.ts';
import type { HttpClient } from './client.ts';
import { mayAsk } from './reach.ts';
import { secretsIn } from './secrets.ts';
import { inlineMap, namedMap, type ReadMap, readSourceMap } from './source-map.ts';

/** What reading the scripts of an app takes. */
export interface Reader {
  readonly client: HttpClient;
  readonly target: Target;
  readonly vault: Vault;
  readonly signal: AbortSignal;
}

/** A source map with what the sources in it give away. */
export interface FoundMap {
  readonly map: SourceMap;
  readonly secrets: readonly Secret[];
}

const bounds = { maps: 20, bytes: 24 * 2 ** 20 };
/** Maps that no script names are looked for beside so many scripts first; builds leave out all of them or none. */
const trialScripts = 2;

/** Finds the map of a script: inside it, where it says, else beside it. */
export function mapReader({ client, vault, signal, target }: Reader) {
  let fetched = 0;
  const trials: Promise<boolean>[] = [];

  const scan = (read: ReadMap | undefined): FoundMap | undefined =>
    read && {
      map: read.map,
      secrets: read.texts.flatMap(({ name, text }) =>
        secretsIn(text, 'code', { location: 'source-map', place: { url: read.map.url, name } }, vault),
      ),
    };

  const fetchMap = async (address: string, script: URL): Promise<FoundMap | undefined> => {
    if (fetched >= bounds.maps || !URL.canParse(address, script.href)) return undefined;
    const url = new URL(address, script);
    if (!mayAsk(url, 'asset', target)) return undefined;
    fetched += 1;
    const answer = await client.get(url, { purpose: 'asset', bodyBytes: bounds.bytes, signal });
    return answer.ok && answer.value.status === 200 ? scan(readSourceMap(answer.value.body.toString('utf8'), url.href)) : undefined;
  };

  return {
    async of(script: URL, text: string, headers: Readonly<Record<string, string>>): Promise<FoundMap | undefined> {
      const named = namedMap(text, headers);
      if (named?.startsWith('data:')) {
        const inline = inlineMap(text);
        return inline === undefined ? undefined : scan(readSourceMap(inline, script.href));
      }
      if (named !== undefined) return fetchMap(named, script);
      const beside = `${script.pathname}.map`;
      if (trials.length < trialScripts) {
        const trial = fetchMap(beside, script);
        trials.push(trial.then((found) => found !== undefined));
        return trial;
      }
      return (await Promise.all(trials)).includes(true) ? fetchMap(beside, script) : undefined;
    },
  };
}
