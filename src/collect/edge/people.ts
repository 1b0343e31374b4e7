import { defineCollector } from '../../core/collector.ts';
import { CollectFault, evidence, optional } from '../../core/evidence.ts';
import type { GivenDomains, GivenHost, GivenPerson, Target } from '../../core/target.ts';
import { type Route, type RouteInventory, sourceRoutes } from '../../evidence/routes.ts';
import type { Page } from '../access/pages/page.ts';
import { NobodySignedIn } from '../access/people/everybody.ts';
import type { Person } from '../access/people/person.ts';
import { lookAround } from '../access/steps/look.ts';
import { startRun } from '../access/steps/run.ts';
import { changesAt } from '../access/surface/changing.ts';
import { openSender, type Sender } from '../access/wire/sender.ts';
import { userAgent } from '../http/client.ts';
import { reachOfApp } from './app-way.ts';
import { type Stray, watching } from './cache/watch.ts';
import type { SetCookie } from './follow.ts';

/** Who needs that the sessions of the people stay as they are: where an app has one for each account, to sign in once more ends the other. */
export interface SessionUse {
  /** Holds them until `work` is done. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Waits until nobody holds them. */
  free(): Promise<void>;
}

/** Nobody holds them to begin with. */
export function sessionUse(): SessionUse {
  const held = new Set<Promise<unknown>>();
  return {
    async during(work) {
      const done = work();
      held.add(done);
      try {
        return await done;
      } finally {
        held.delete(done);
      }
    },
    async free() {
      while (held.size > 0) await Promise.allSettled(held);
    },
  };
}

/** The app that people sign in to. */
export interface EdgeApp {
  readonly sender: Sender;
  /** Addresses that showed whose they are, by host: the only ones that these are asked at. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly sessions: SessionUse;
  /** A way to another host of the map that is proven to be theirs. @throws CollectFault where nothing proves it. */
  open(at: URL): Promise<Sender>;
}

export const edgeApp = evidence<EdgeApp>()('edge.app', 'the app that people sign in to');

/** The app with its people signed in. That is done once in a run: an app may let in one session of each account, and few tries a minute. */
export interface EdgePeople extends EdgeApp {
  /** A visitor first. Nobody where `nobody` says why. */
  readonly people: readonly Person[];
  readonly nobody?: NobodySignedIn;
  /** Pages that each was shown, by name. */
  readonly pages: ReadonlyMap<string, readonly Page[]>;
  /** Paths of pages with a form to sign in by. */
  readonly signInPages: readonly string[];
  /** What somebody was shown of another meanwhile. */
  readonly strays: readonly Stray[];
  /** What the app set in answer to what was sent to sign in, also where that let nobody in. */
  readonly set: readonly SetCookie[];
}

interface Entering {
  readonly sender: Sender;
  readonly routes: readonly Route[];
  readonly people: readonly GivenPerson[];
  readonly progress: (message: string) => void;
}

/** Signs people in, and lets each look around. Only reads. Every look has a key of its own in caches. */
export async function enterAs({
  sender,
  routes,
  people: given,
  progress,
}: Entering): Promise<Pick<EdgePeople, 'sender'> & Omit<EdgePeople, keyof EdgeApp>> {
  const { sender: heard, set } = hearing(sender);
  const { sender: watched, strays } = watching(heard, given);
  const run = startRun({ sender: watched, routes, people: given, fewest: 1, writes: false, parts: [], progress });
  try {
    const { people, pages, doors } = await lookAround(run);
    return { sender, strays, set, people, pages, signInPages: doors.signIn.flatMap((door) => (door.kind === 'form' ? [door.page] : [])) };
  } catch (error) {
    if (!(error instanceof NobodySignedIn)) throw error;
    return { sender, strays, set, people: [], pages: new Map(), signInPages: [], nobody: error };
  }
}

/** Set-Cookie lines that are kept of signing in. */
const mostLines = 200;

/** A sender that keeps what is set in answer to what was posted. */
function hearing(sender: Sender): { readonly sender: Sender; readonly set: readonly SetCookie[] } {
  const set: SetCookie[] = [];
  return {
    set,
    sender: {
      ...sender,
      async send(message, session) {
        const sent = await sender.send(message, session);
        const url = message.method === 'POST' && sent.ok ? URL.parse(message.path, sender.origin) : null;
        if (url && sent.ok) for (const line of sent.value.setCookies) if (set.length < mostLines) set.push({ url, line });
        return sent;
      },
    },
  };
}

export const edgePeople = evidence<EdgePeople>()('edge.people', 'the app as the people who sign in to it');

const noRoutes: RouteInventory = { routes: [], gaps: [], middleware: [] };

export const edgeAppCollector = defineCollector({
  provides: edgeApp,
  wants: 'people',
  needs: { inventory: optional(sourceRoutes, noRoutes) },
  effects: 'reads',
  // As long as anybody asks the app.
  timeoutMs: 900_000,
  transient: true,
  async collect({ inventory: { routes } }, { target, vault, signal }) {
    const url = appOf(target);
    if (!url || ableToSignIn(target).length === 0)
      throw new CollectFault(
        'absent',
        'Nobody is named who could sign in to the app.',
        'Name two people of different customers under access.people in launch-ready.yaml.',
      );
    const addresses = new Map<string, string>();
    const open = async (at: URL): Promise<Sender> => {
      const reach = await reachOfApp(at, target.domains);
      if (reach.address !== undefined) addresses.set(at.hostname, reach.address);
      const { requests } = target.scope;
      return openSender({ harmOf: changesAt(routes), origin: at.origin, requests, vault, signal, userAgent, changes: false, ...reach });
    };
    return { sender: await open(url), addresses, sessions: sessionUse(), open };
  },
});

export const edgePeopleCollector = defineCollector({
  provides: edgePeople,
  wants: 'people',
  needs: { app: edgeApp, inventory: optional(sourceRoutes, noRoutes) },
  effects: 'reads',
  timeoutMs: 600_000,
  transient: true,
  async collect({ app, inventory: { routes } }, { target, vault, progress }) {
    const people = ableToSignIn(target);
    for (const { password, key, totp } of people)
      for (const secret of [password, key?.value, totp]) if (secret !== undefined) vault.hide(secret);
    return { ...app, ...(await enterAs({ sender: app.sender, routes, people, progress })) };
  },
});

/** Those of the config who have something to sign in with. */
export const ableToSignIn = ({ people = [] }: Target): readonly GivenPerson[] =>
  people.filter(({ password, key, email }) => password !== undefined || key !== undefined || email !== '');

/** The address that people sign in at: as given, else the app of the domain map. */
export function appOf({ url, domains }: Target): URL | undefined {
  const app =
    domains?.drafted === false ? domains.hosts.find(({ role, redirectsTo }) => role === 'app' && redirectsTo === undefined) : undefined;
  const isOfMap = url !== undefined && domains?.hosts.some(({ name, role }) => name === url.hostname && (role === 'app' || role === 'api'));
  if (isOfMap || app === undefined) return url;
  return url === undefined || domains?.hosts.some(({ name }) => name === url.hostname) ? new URL(`https://${app.name}/`) : url;
}

/** Hosts of these roles that a person wrote down, besides the one that people sign in at. */
export const hostsBeside = (url: URL, domains: GivenDomains | undefined, roles: readonly GivenHost['role'][]): readonly GivenHost[] =>
  domains?.drafted === false
    ? domains.hosts.filter(({ name, role, redirectsTo }) => roles.includes(role) && redirectsTo === undefined && name !== url.hostname)
    : [];
