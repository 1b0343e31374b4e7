import type { MixedItem, MixedPage } from '../../../evidence/edge-mixed.ts';
import { isHtml } from '../../http/document.ts';
import { type Html, readHtml } from '../../http/html.ts';
import type { EdgeAnswer } from '../client.ts';
import { mixedInCss, mixedInHtml, mixedInScript, unique, upgradesAll } from './addresses.ts';

/** Files of a page that are read: its own sheets and scripts. */
const mostFiles = 12;
/** Pages that a browser opens as anybody. */
export const mostOpened = 8;

/** As much of an answer as a page is read from. */
export type Answered = Pick<EdgeAnswer, 'url' | 'status' | 'headers' | 'text'>;

/** How the files of a page are asked for. */
export interface Files {
  /** True for a host whose files are read. */
  readonly knows: (hostname: string) => boolean;
  /** `undefined` where none came. */
  readonly ask: (url: URL) => Promise<Answered | undefined>;
}

/** What somebody in front says, or an error of the server: no page of the host. */
export const isRefusal = (status: number): boolean => status === 401 || status === 403 || status >= 429;

/** Whether it is a page, and not one that only leads to another. */
export const isPage = ({ status, headers, text }: Answered): boolean =>
  !isRefusal(status) && !(status >= 300 && status < 400) && isHtml({ headers, body: Buffer.from(text.slice(0, 512)) });

/** What a page and its own files ask for without encryption, as they stand. */
export async function readPage({ url, headers, text }: Answered, { knows, ask }: Files): Promise<MixedPage> {
  const html = readHtml(text);
  const declared = html.tags.find(({ name, attributes }) => name === 'base' && attributes.has('href'))?.attributes.get('href') ?? '';
  const base = URL.parse(declared, url.href) ?? url;
  const inline = html.tags.flatMap(({ name, attributes, text: script }) =>
    name === 'script' && !attributes.has('src') && isCode(attributes.get('type')) ? mixedInScript(script ?? '', base, knows) : [],
  );
  const files = await Promise.all(filesOf(html, base, knows).map(async ({ at, kind }) => inFile(await ask(at), kind, knows)));
  return {
    url: `${url.origin}${url.pathname}`,
    upgrades: upgradesAll(headers, html),
    items: [...mixedInHtml(html, base), ...unique(inline), ...files.flat()],
  };
}

/** Data blocks are no scripts: addresses in them are names (JSON-LD). */
const isCode = (type = ''): boolean => type === '' || /javascript|module|ecmascript/i.test(type);

interface FileAt {
  readonly at: URL;
  readonly kind: 'css' | 'script';
}

function filesOf({ tags }: Html, base: URL, isOwn: (hostname: string) => boolean): FileAt[] {
  const files = tags.flatMap(({ name, attributes }): FileAt[] => {
    const isSheet = name === 'link' && /\bstylesheet\b/i.test(attributes.get('rel') ?? '');
    const address = name === 'script' ? attributes.get('src') : isSheet ? attributes.get('href') : undefined;
    const at = address === undefined ? null : URL.parse(address, base.href);
    return at && at.protocol === 'https:' && isOwn(at.hostname) ? [{ at, kind: isSheet ? 'css' : 'script' }] : [];
  });
  return files.slice(0, mostFiles);
}

function inFile(answer: Answered | undefined, kind: FileAt['kind'], isOwn: (hostname: string) => boolean): MixedItem[] {
  if (answer?.status !== 200) return [];
  const from = `${answer.url.origin}${answer.url.pathname}`;
  const items = kind === 'css' ? mixedInCss(answer.text, answer.url) : mixedInScript(answer.text, answer.url, isOwn);
  return items.map((one) => ({ ...one, from }));
}
