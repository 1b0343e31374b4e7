import { serviceOf } from '../../../access/mail/link-service.ts';
import { isLocal } from '../../../http/client.ts';

/** Which hosts links of mails may lead to. */
export interface LinkHosts {
  /** Whether it is the app's own, or one of the domain map. */
  readonly isOurs: (host: string) => boolean;
  /** Whether the domain map says that the app is there. */
  readonly isApp: (host: string) => boolean;
}

/** Why a link is not opened, as `LinkTrial` tells it. */
export interface Unopened {
  readonly text: string;
  readonly toKnow: string;
}

const byHand = 'Use it yourself: ask for the mail, and follow it in another browser.';

/**
 * Why a link is not opened; `undefined` where it leads to the app at `origin`. An app of this machine names itself in mails by the address that it will have, and beside it there are
 * others: at another port of this machine, and under other names of the domain.
 */
export function whyNotOpened(link: URL, origin: string, { isOurs, isApp }: LinkHosts): Unopened | undefined {
  const app = new URL(origin);
  const isHere = isLocal(app) && isLocal(link);
  if ((isHere || link.hostname === app.hostname) && (link.port === app.port || (!isHere && link.port === ''))) return undefined;
  const service = serviceOf(link);
  if (service?.does === 'signs in') {
    const called = service.name === undefined ? '' : ` (${service.name})`;
    return { text: `it leads to ${link.host}${called}, which signs people in for the app and is not asked`, toKnow: byHand };
  }
  if (service)
    return {
      text: `it leads to ${link.host}, which counts clicks and is not opened`,
      toKnow: 'Switch click tracking off for this mail, so that its link leads to the app itself.',
    };
  if (isHere) return { text: `it leads to ${link.host}, and only ${app.host} of this machine is asked`, toKnow: byHand };
  if (isApp(link.hostname)) {
    if (isLocal(app) && link.port === '') return undefined;
    return {
      text: `it leads to ${link.host}, and only ${app.host} is asked`,
      toKnow: `Run it with https://${link.host} as the address of the app.`,
    };
  }
  if (isLocal(link))
    return { text: `it leads to ${link.host}, which is only there on your own machine`, toKnow: 'Set the address of the app.' };
  return isOurs(link.hostname)
    ? {
        text: `it leads to ${link.host}, which is another host of yours than the app and is not asked`,
        toKnow: 'Use it yourself. Where the app is at that host, say so: role: app under domains.hosts in launch-ready.yaml.',
      }
    : {
        text: `it leads to ${link.host}, which is no host of yours and is not opened`,
        toKnow: 'Use it yourself. Where it only counts clicks and sends readers on, switch click tracking off for this mail.',
      };
}
