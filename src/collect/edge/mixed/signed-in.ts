import { CollectFault, type Fault } from '../../../core/evidence.ts';
import type { GivenPerson, Target } from '../../../core/target.ts';
import { plural } from '../../../core/wording.ts';
import type { MixedContent, MixedPage, MixedUnseen } from '../../../evidence/edge-mixed.ts';
import type { Person } from '../../access/people/person.ts';
import { openRoute } from '../../access/walk/route.ts';
import { botPage } from '../../http/wall.ts';
import { withFresh } from '../cache/ways.ts';
import type { EdgeClient } from '../client.ts';
import { ableToSignIn, appOf, type EdgePeople, hostsBeside } from '../people.ts';
import type { MixedBrowser } from './browser.ts';
import { type Answered, type Files, isPage, readPage } from './page.ts';
import { isForSigningIn, together, withoutIds } from './shown.ts';
import type { Walked } from './walk.ts';

export interface BehindSignIn {
  readonly target: Target;
  readonly client: EdgeClient;
  /** @throws CollectFault where nobody could be let in. */
  readonly enter: () => Promise<EdgePeople>;
  /** The browser, where one was asked for and runs. */
  readonly browser: Promise<MixedBrowser | undefined>;
  readonly progress: (message: string, done?: number, total?: number) => void;
}

type Seen = Required<Pick<MixedContent, 'pages' | 'unseen' | 'held'>>;

/** People of different kinds that are looked as, pages of each that are read, and the share of the requests that a browser may use. */
const most = { people: 3, pages: 10, share: 1 / 4 };

/** What pages ask for that only those are shown who sign in: one person of each kind. */
export async function behindSignIn({ target, client, enter, browser, progress }: BehindSignIn): Promise<Seen> {
  const url = appOf(target);
  const given = ableToSignIn(target);
  if (given.length === 0)
    return notSeen(
      'Nobody is there who could sign in.',
      'Name somebody under access.people in launch-ready.yaml, and set the environment variable of his password.',
    );
  if (!url) return notSeen('No host of the domain map is the app.', 'Give one the role app under domains.hosts in launch-ready.yaml.');
  if (url.protocol !== 'https:') return notSeen(`${url.origin} is not encrypted itself.`, 'Give the https address of the app.');
  let app: EdgePeople;
  try {
    app = await enter();
  } catch (error) {
    if (!(error instanceof CollectFault)) throw error;
    return notSeen(error.fault.message, error.fault.remedy);
  }
  const opened = await browser;
  if (app.nobody && !opened) return notSeen(app.nobody.message, app.nobody.remedy);
  const beside = opened ? await provenBeside(app, url, target) : [];
  let left = Math.floor(target.scope.requests * most.share);
  const count = (): boolean => left-- > 0 && app.sender.count();
  const people: readonly Looker[] = app.nobody ? given.map((one) => ({ ...one, account: one })) : app.people;
  const chosen = oneOfEachKind(people);
  let done = 0;
  const all = await Promise.all(
    chosen.map(async ({ name, account, person }): Promise<Seen> => {
      const read = person ? await readAs(app, person, client) : [];
      if (!opened) return seenBy(name, read);
      progress(`opening the pages that ${name} is shown in a browser`);
      const walked = await opened.asPerson({
        name,
        origin: url.origin,
        account,
        ...(person && { entered: person }),
        starts: [...(person?.landing === undefined ? [] : [person.landing]), ...read.map(({ path }) => path)],
        signInPages: app.signInPages,
        beside,
        knows: (hostname) => client.knows(hostname),
        alone: app.sessions.free,
        count,
        told: () => progress(`opening the pages that ${chosen.map((one) => one.name).join(' and ')} are shown in a browser`, ++done),
      });
      return seenBy(name, read, walked, app.nobody);
    }),
  );
  const pages = all.flatMap((one) => one.pages);
  return {
    pages,
    unseen: [...all.flatMap(({ unseen }) => unseen), ...otherApps(url, target, pages)],
    held: all.flatMap(({ held }) => held).filter((one, nth, every) => every.findIndex(({ path }) => path === one.path) === nth),
  };
}

const notSeen = (why: string, toKnow: string): Seen => ({ pages: [], unseen: [{ name: 'signed in', why, toKnow }], held: [] });

/** Of the config, or signed in. */
type Looker = Pick<Person, 'name' | 'account'> & Pick<GivenPerson, 'role' | 'administrator'> & Partial<Person>;

interface Chosen {
  readonly name: string;
  readonly account: NonNullable<Person['account']>;
  readonly person?: Person;
}

/** Those of one kind are shown the same pages. */
function oneOfEachKind(people: readonly Looker[]): Chosen[] {
  const kinds = new Map<string, Chosen>();
  for (const one of people) {
    const { name, account, role, administrator = false } = one;
    const kind = `${administrator} ${role ?? ''}`;
    if (!account || kinds.has(kind)) continue;
    kinds.set(kind, { name, account, ...(isPerson(one) && { person: one }) });
  }
  return [...kinds.values()].slice(0, most.people);
}

const isPerson = (one: Looker): one is Person => one.session !== undefined && one.witness !== undefined && one.seen !== undefined;

interface ReadPage extends MixedPage {
  /** As it is asked for. */
  readonly path: string;
}

/** The pages that somebody was shown, asked for again with their headers. */
async function readAs(
  { sender, pages, signInPages }: EdgePeople,
  { name, session, landing }: Person,
  client: EdgeClient,
): Promise<ReadPage[]> {
  const route = openRoute(({ origin, pathname }) => origin === sender.origin && !isForSigningIn(pathname, signInPages));
  for (const path of [...(landing === undefined ? [] : [landing]), ...(pages.get(name) ?? []).map(({ path: at }) => at)])
    route.add(new URL(path, sender.origin).href);
  const open = route.left().slice(0, most.pages);
  const ask = async (path: string, at: URL, isFile = false): Promise<Answered | undefined> => {
    const answer = await sender.send({ method: 'GET', path, ...(isFile && { deliberate: true }) }, session);
    return answer.ok ? { ...answer.value, url: at } : undefined;
  };
  const files: Files = {
    knows: (hostname) => client.knows(hostname),
    async ask(at) {
      const answer = await client.ask(at);
      if (answer.is === 'answer' && answer.status === 200) return answer;
      // A file that only those get who signed in.
      return at.origin === sender.origin ? ask(`${at.pathname}${at.search}`, at, true) : undefined;
    },
  };
  const read = await Promise.all(
    open.map(async (href): Promise<ReadPage[]> => {
      const at = new URL(href);
      const path = `${at.pathname}${at.search}`;
      // A key of its own: nothing of his gets to where others ask.
      const answer = await ask(withFresh(path), at);
      if (!answer || !isPage(answer) || botPage(answer) !== undefined) return [];
      const page = await readPage(answer, files);
      return [
        { ...page, path, as: name, url: withoutIds(page.url), items: page.items.map((one) => ({ ...one, url: withoutIds(one.url) })) },
      ];
    }),
  );
  return read.flat();
}

/** Both looks at the pages of one person, and what neither was at. */
function seenBy(name: string, read: readonly ReadPage[], walked?: Walked, nobody?: Pick<Fault, 'message' | 'remedy'>): Seen {
  const pages = new Map<string, MixedPage>();
  for (const { url, as, upgrades, items } of [...read, ...(walked?.pages ?? [])])
    // Those of one kind are one page for whoever reads it.
    pages.set(url, { url, as: as ?? name, upgrades, items: together(pages.get(url)?.items ?? [], items) });
  const unseen: MixedUnseen[] = [];
  if (walked?.untrusted !== undefined)
    unseen.push({
      name,
      why: `${walked.untrusted} So nothing of ${name} was sent there, and not all pages were seen as the browser shows them.`,
      toKnow: 'Mend the certificate; if an authority of your own made it, name its file under domains.authorities in launch-ready.yaml.',
    });
  else if (walked && !walked.isIn)
    unseen.push({
      name,
      why: nobody?.message ?? `The browser was not let in as ${name}, so what only scripts ask for there was not seen.`,
      toKnow:
        nobody?.remedy ??
        'Look whether the sign-in of the app asks another host for something: name that host under domains.hosts if it is yours.',
    });
  else if (pages.size === 0)
    unseen.push({
      name,
      why: `No page was found that ${name} is shown.`,
      toKnow: 'Run it again with --browser: some apps are made of scripts alone.',
    });
  // Read or not: what scripts ask for there was not heard.
  const left = walked?.left ?? [];
  if (left.length > 0)
    unseen.push({
      name: `${name}, further pages`,
      why: `${plural(left.length, 'page')} that ${name} is shown ${left.length === 1 ? 'was' : 'were'} not opened, as there was no time for more or they hang: ${left.slice(0, 5).join(', ')}${left.length > 5 ? ' and others' : ''}.`,
      toKnow: 'Open them in a browser, and look for “Mixed Content” in its console.',
    });
  return { pages: [...pages.values()], unseen, held: [...(walked?.held ?? [])].map(([path, why]) => ({ path, why })) };
}

/** Further hosts that may be asked as somebody: only those that are proven to be theirs. */
async function provenBeside({ open }: EdgePeople, url: URL, target: Target): Promise<string[]> {
  const proven = await Promise.all(
    hostsBeside(url, target.domains, ['app', 'api']).map(async ({ name }) => {
      try {
        const sender = await open(new URL(`https://${name}/`));
        await sender.close();
        return [sender.origin];
      } catch (error) {
        if (error instanceof CollectFault) return [];
        throw error;
      }
    }),
  );
  return proven.flat();
}

/** Apps of the map that nobody was seen in. */
const otherApps = (url: URL, { domains }: Target, pages: readonly MixedPage[]): MixedUnseen[] =>
  hostsBeside(url, domains, ['app'])
    .filter(({ name }) => !pages.some((page) => URL.parse(page.url)?.hostname === name))
    .map(({ name }) => ({
      name,
      why: `People sign in at ${url.host}, and nothing there led to ${name}.`,
      toKnow: `Run it with https://${name} as the address of the app.`,
    }));
