import { nothingSeen } from '../objects/seen.ts';
import type { Account } from '../people/account.ts';
import type { Doors } from '../people/doors.ts';
import type { Everybody } from '../people/everybody.ts';
import type { Person } from '../people/person.ts';
import { isHis, type SignedIn, standingOf, witnessAmong } from '../people/sign-in.ts';
import { dangerOf } from '../surface/safety.ts';
import { templateOf } from '../surface/template.ts';
import { isTelling, type Recording } from '../traffic/exchange.ts';
import { contentOf } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import type { AppBrowser } from './browser.ts';

/** Windows at once; each is as busy as a processor. */
const atOnce = 2;

/** Pages of the app that ask for a password. */
const pagesOf = ({ signIn }: Doors): string[] => signIn.flatMap((door) => (door.kind === 'form' ? [door.page] : []));

interface Walking {
  readonly browser: AppBrowser | undefined;
  readonly sender: Sender;
  readonly doors: Doors;
}

/** How somebody is signed in whom no door that we know lets in; nothing where there is no browser. */
export const lastResort = ({ browser, sender, doors }: Walking): Pick<Everybody, 'lastResort'> =>
  browser ? { lastResort: (name, account) => signInByBrowser({ browser, sender, doors }, name, account) } : {};

/** What everybody's pages ask for, by recordings and in the browser. */
export async function observe(
  {
    browser,
    recorded = [],
    writes,
    begin,
    ...rest
  }: Walking & { readonly recorded: readonly Recording[] | undefined; readonly writes: boolean; begin(): void },
  people: readonly Person[],
): Promise<Recording[]> {
  if (browser) begin();
  return [...recorded, ...(browser ? await walkAsEverybody({ browser, writes, ...rest }, people) : [])];
}

/** Signs somebody in through the app's own page where no door that we know lets him in: whatever the page does, the browser does. */
async function signInByBrowser(
  { browser, sender, doors }: { readonly browser: AppBrowser; readonly sender: Sender; readonly doors: Doors },
  name: string,
  account: Account,
): Promise<Omit<SignedIn, 'door'> | undefined> {
  const entry = await browser.signIn(name, account, pagesOf(doors));
  if (!entry) return undefined;
  const { session, recording } = entry;
  const seen = nothingSeen();
  const witness = await witnessAmong(sender, session, account, [...addressesIn(recording, account), ...usualWitnesses], seen);
  if (!witness) return undefined;
  const told = witness.names.length > 0 ? 'names the account' : 'answers, and not for visitors';
  return { session, seen, witness, proof: `in a browser, through the app's own page; GET ${witness.path} ${told}` };
}

const usualWitnesses = ['/', '/dashboard', '/account', '/profile', '/settings'];

/** What the page asked for once he was in: what names him first, then data before pages. */
function addressesIn({ exchanges }: Recording, { email, username = email }: Account): string[] {
  const names = [email, username].map((one) => one.toLowerCase());
  const reads = exchanges.filter(
    ({ method, path, status }) =>
      method === 'GET' &&
      status >= 200 &&
      status < 300 &&
      isTelling({ method, path }) &&
      dangerOf({ method, path: templateOf(path.split('?')[0] ?? '').template }) === undefined,
  );
  const weight = (text: string): number =>
    names.some((one) => text.toLowerCase().includes(one)) ? 0 : contentOf(text).json === undefined ? 2 : 1;
  return reads
    .toReversed()
    .toSorted((a, b) => weight(a.text) - weight(b.text))
    .map(({ path }) => path)
    .slice(0, 30);
}

/**
 * Walks through the app as everybody, a visitor too. Where an app keeps one session for each account, the one of the browser ended the other: that is
 * taken over.
 */
async function walkAsEverybody(
  {
    browser,
    sender,
    doors,
    writes,
  }: { readonly browser: AppBrowser; readonly sender: Sender; readonly doors: Doors; readonly writes: boolean },
  people: readonly Person[],
): Promise<Recording[]> {
  const recordings: Recording[] = [];
  const open = [...people];
  const next = async (): Promise<void> => {
    for (let person = open.shift(); person; person = open.shift()) {
      const { name, account, administrator, session, witness } = person;
      const { recording, session: own } = await browser.walk({
        who: name,
        ...(account && { account }),
        administrator,
        session,
        pages: pagesOf(doors),
        writes,
      });
      recordings.push(recording);
      const lost = account && own && (await standingOf(sender, session, witness)).is === 'not his';
      if (lost && (await isHis(sender, own, witness))) {
        await session.cookies.removeAllCookies();
        for (const cookie of await own.cookies.getCookies(sender.origin, { allPaths: true }))
          await session.cookies.setCookie(cookie, sender.origin);
        if (own.token !== undefined) session.token = own.token;
        for (const [header, value] of own.headers) session.headers.set(header, value);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return recordings;
}
