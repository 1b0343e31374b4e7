import { isIP } from 'node:net';
import { CollectFault } from '../../../core/evidence.ts';
import { isLocal, userAgent } from '../../http/client.ts';
import { faultOf } from '../../http/fault.ts';
import { defaultLimits, type Exchange, openTransport } from '../../http/transport.ts';
import type { SenderOptions } from '../wire/sender.ts';
import { type Outside, theInternet } from './outside.ts';
import { ownerToken } from './token.ts';

/** How an app may be reached: what `openSender` holds every request to. */
export interface Way {
  readonly scope: Pick<SenderOptions, 'address' | 'authorities' | 'pace'>;
  /** What proves that it is the user's; absent for an app of this machine, which needs no proof. */
  readonly proof?: string;
}

/** Where the token is looked for (RFC 8615), below the address of the app. */
export const tokenFile = '/.well-known/launch-ready.txt';
const tokenHeader = 'launch-ready-token';
const tokenName = (hostname: string): string => `_launch-ready.${hostname}`;

/** Longer files are no file of ours, in bytes. */
const longest = 4096;

/**
 * Finds the way to an app. One of this machine is just there. Any other must be reached by TLS at an address of the internet, and must hold a token that
 * only its owner can put there. The name is resolved once: the address that showed the token is the only one that the run connects to.
 * Throws `CollectFault`, `denied` where nothing proves that the app is the user's: it says what to put where.
 */
export async function wayTo(url: URL, outside: Outside = theInternet, token: (host: string) => string = ownerToken): Promise<Way> {
  if (isLocal(url)) return { scope: {} };
  if (url.protocol !== 'https:') throw notEncrypted(url);
  const wanted = tokenOf(url, token);
  const addresses = await addressesOf(url, outside);
  const { address, ...answers } = await firstThatAnswers(url, addresses, outside);
  const texts = await outside.texts(tokenName(url.hostname));
  const file = answers.file.body.toString('utf8');
  const proof =
    answers.file.status === 200 && lines(file).includes(wanted)
      ? `${url.origin}${tokenFile} holds the token`
      : texts.some((text) => text.trim() === wanted)
        ? `the TXT record of ${tokenName(url.hostname)} holds the token`
        : answers.root.headers[tokenHeader]?.trim() === wanted
          ? `${url.origin}/ answers with the token`
          : undefined;
  if (proof !== undefined) return { scope: { address, authorities: outside.authorities, pace: outside.pace }, proof };
  const isOther = lines(file).some((line) => line.startsWith('launch-ready-'));
  const seen = [
    answers.file.status === 200
      ? isOther
        ? 'the file holds the token of somebody else, or of another machine'
        : 'the file does not hold the token'
      : `the file is answered with ${answers.file.status}`,
    texts.length === 0 ? 'there is no such TXT record' : 'the TXT record does not hold the token',
    answers.root.headers[tokenHeader] === undefined ? 'the header is not there' : 'the header holds another value',
  ];
  throw new CollectFault(
    'denied',
    `${url.host} is not on this machine, and nothing proves yet that it is yours to try: ${seen.join(', ')}.`,
    howToProve(url, wanted),
  );
}

/** Before anything is sent: what an app that is not on this machine takes to be tried, in sentences. */
export function howToReach(url: URL, token: (host: string) => string = ownerToken): string[] {
  try {
    if (url.protocol !== 'https:') throw notEncrypted(url);
    return [`${url.host} is not on this machine, so it takes a proof that it is yours to try, too.`, howToProve(url, tokenOf(url, token))];
  } catch (error) {
    if (error instanceof CollectFault) return [error.fault.message, error.fault.remedy];
    throw error;
  }
}

const notEncrypted = (url: URL): CollectFault =>
  new CollectFault(
    'denied',
    `${url.origin} is not encrypted: passwords and sessions could be read on the way there.`,
    `Give https://${url.host}, or start the app on this machine.`,
  );

/** What to put where, in one sentence for each place. */
function howToProve(url: URL, token: string): string {
  return [
    `Prove it with the token ${token} in one of three places, and run it again:`,
    `a file at ${url.origin}${tokenFile};`,
    ...(isIP(bare(url.hostname)) === 0 ? [`a DNS record ${tokenName(url.hostname)} of type TXT;`] : []),
    `a response header “Launch-Ready-Token” at ${url.origin}/.`,
  ].join(' ');
}

const lines = (text: string): string[] => text.split(/\r?\n/).map((line) => line.trim());
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

function tokenOf({ host }: URL, token: (host: string) => string): string {
  try {
    return token(host);
  } catch (error) {
    throw new CollectFault(
      'denied',
      `The token that proves that ${host} is yours cannot be made: ${error instanceof Error ? error.message : String(error)}.`,
      'Set LAUNCH_READY_STATE to a folder that can be written to.',
    );
  }
}

async function addressesOf(url: URL, outside: Outside): Promise<readonly string[]> {
  const hostname = bare(url.hostname);
  let addresses: readonly string[];
  try {
    addresses = isIP(hostname) === 0 ? await outside.addresses(hostname) : [hostname];
  } catch (error) {
    const { kind, message, remedy } = faultOf(error, url);
    throw new CollectFault(kind, message, remedy);
  }
  // One of several is enough: who asks again may get the other.
  const inside = addresses.find((address) => !outside.isPublic(address));
  if (inside !== undefined || addresses.length === 0)
    throw new CollectFault(
      'denied',
      `${url.host} leads to ${inside ?? 'no address'}, which is not on the internet.`,
      'An app of this machine is tried as http://localhost:PORT; one in a private network is not tried.',
    );
  return addresses;
}

interface Answers {
  readonly address: string;
  readonly file: Exchange;
  readonly root: Exchange;
}

/** Asks for the file and the start page at the first address that answers. No redirect is followed: another host proves nothing of this one. */
async function firstThatAnswers(url: URL, addresses: readonly string[], outside: Outside): Promise<Answers> {
  let last: unknown;
  for (const address of addresses.slice(0, 4)) {
    const transport = openTransport({ pins: { [url.hostname]: address }, named: (name) => name === url.hostname }, defaultLimits, {
      connections: 1,
      authorities: outside.authorities,
    });
    const get = (path: string): Promise<Exchange> =>
      transport.send(new URL(path, url.origin), {
        method: 'GET',
        headers: { 'user-agent': userAgent, accept: '*/*' },
        bodyBytes: longest,
        signal: undefined,
      });
    try {
      return { address, file: await get(tokenFile), root: await get('/') };
    } catch (error) {
      last = error;
    } finally {
      await transport.close();
    }
  }
  const { kind, message, remedy } = faultOf(last, url);
  throw new CollectFault(kind, message, remedy);
}
