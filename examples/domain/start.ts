import { startCachedApp } from '../../src/collect/edge/cache/fixture.ts';
import { startNodeCache } from '../../src/collect/edge/cache/node-cache.ts';
import type { GivenDomains, GivenEmail, GivenMail, GivenPerson } from '../../src/core/target.ts';
import { apex, cleanDraft } from './draft.ts';
import { domainFlaws } from './flaws.ts';
import { startExchange } from './mail.ts';
import { startNames } from './names.ts';
import { startPost } from './post.ts';
import { startRegistry } from './registration.ts';
import { writeRepo } from './repo.ts';
import { startWeb } from './web.ts';
import { appMails, writingApp } from './writing-app.ts';

export interface DomainOptions {
  /** Ids of `domainFlaws`; none: the domain is as it should be. */
  readonly flaws?: readonly string[];
  /** Milliseconds that every answer takes longer: of name servers, of a connection by TLS before it begins, of the hosts, the registry and the mail server. */
  readonly delayMs?: number;
}

/** A domain that runs on this machine. */
export interface ExampleDomain {
  readonly domains: GivenDomains;
  /** Address of its app. */
  readonly url: URL;
  /** Two customers of the app. */
  readonly people: readonly GivenPerson[];
  /** A mailbox that its mails come to, and what it is asked to send. Nothing is sent unless the run may write (`writes`). */
  readonly mail: GivenMail;
  readonly email: GivenEmail;
  /** Folder with the code that sends mail. */
  readonly root: string;
  /** What was asked so far: of which name server which question, and how often by TLS and http. */
  asked(): { readonly questions: readonly string[]; readonly connections: number; readonly requests: number };
  stop(): Promise<void>;
}

/** Starts the whole domain in this process, on loopback. Rejects where a flaw is not known or a server cannot be started; nothing is left running then. */
export async function startDomain({ flaws = [], delayMs = 0 }: DomainOptions = {}): Promise<ExampleDomain> {
  const draft = cleanDraft();
  for (const id of flaws) {
    const flaw = domainFlaws.find((one) => one.id === id);
    if (!flaw) throw new Error(`There is no flaw called "${id}".`);
    flaw.change(draft);
  }
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).toReversed()) await step();
  };
  const kept = <T extends { stop(): Promise<void> }>(one: T): T => {
    stops.push(() => one.stop());
    return one;
  };
  try {
    const app = kept(await startCachedApp(draft.app));
    const post = kept(await startPost(draft.letters));
    const cache = kept(await startNodeCache(app.port, draft.cacheKey, { 'x-cache': 'HIT' }));
    const web = kept(await startWeb(draft.web, cache.origin, writingApp(app, post, draft.letters), delayMs));
    const names = kept(await startNames(draft, delayMs));
    const registry = kept(await startRegistry(draft.registered, delayMs));
    const exchange = kept(await startExchange(draft.mail.exchange, delayMs));
    const repo = kept(writeRepo(draft.code));
    return {
      domains: {
        apex,
        hosts: draft.hosts,
        mail: draft.mailDomains,
        drafted: false,
        resolvers: [names.resolver],
        ...(names.root !== undefined && { roots: [names.root] }),
        rdap: registry.url,
        connect: { ...web.connect, [draft.mail.exchange.name]: exchange.place },
        authorities: [web.authority],
      },
      url: new URL(`https://app.${apex}/`),
      people: app.people,
      mail: post.mailbox,
      email: {
        send: { host: '127.0.0.1', port: post.port, tls: false, from: draft.letters.from },
        mails: appMails,
        seeds: post.seeds,
        waitSeconds: 2,
      },
      root: repo.root,
      asked: () => ({ questions: names.asked(), ...web.counts() }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
