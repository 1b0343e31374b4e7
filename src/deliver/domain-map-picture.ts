import type { Block, MapBox } from '../core/deliverable.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Run } from '../core/run.ts';
import { domainRecords, type HostRecords } from '../evidence/dns.ts';
import { edgeRedirects, hostOf, type Redirects } from '../evidence/edge-redirects.ts';
import { mailSender, sendersAt } from '../evidence/mail-senders.ts';
import { type MailRecords, mailRecords } from '../evidence/mail-routes.ts';
import { placement, type PlacedHost } from '../evidence/placement.ts';
import { providerOf } from '../evidence/providers.ts';
import { type SpfFacts, spfRecords } from '../evidence/spf.ts';
import { type Collected, read } from './evidence-of.ts';

/** What the picture shows, whatever is judged. */
export const pictureEvidence: readonly Evidence[] = [domainRecords, edgeRedirects, placement, mailRecords, spfRecords];

const roles = { marketing: 'website', app: 'the app', api: 'API', other: '' } as const;

interface Parts {
  readonly boxes: readonly MapBox[];
  readonly links: readonly { readonly from: string; readonly to: string }[];
}

/** The domain at a glance: names that customers type, where these lead, who answers there; and whence mail comes. */
export function domainPicture(run: Run, evidence: Collected): Block[] {
  const records = read(evidence, domainRecords);
  if (!records || records.hosts.length === 0) return [];
  const hosts = hostParts(records.hosts, read(evidence, edgeRedirects), read(evidence, placement)?.hosts ?? [], stateIn(run));
  const mail = mailParts(read(evidence, spfRecords) ?? [], read(evidence, mailRecords) ?? [], stateIn(run));
  const boxes = new Map([...hosts.boxes, ...mail.boxes].map((one) => [one.id, one]));
  return [
    {
      kind: 'map',
      label: `The names of ${records.apex}, where they lead, and who answers`,
      columns: ['Leads on', 'Name', 'Answered by'],
      boxes: [...boxes.values()],
      links: [...hosts.links, ...mail.links],
    },
  ];
}

type StateOf = (name: string, kind: 'edge' | 'email') => MapBox['state'];

/** Whether something that matters is wrong with a name, as the findings say that are about it. */
const stateIn =
  ({ findings }: Run): StateOf =>
  (name, kind) =>
    findings.some(
      ({ outcome, severity, check, subject = '', place }) =>
        outcome === 'fail' &&
        (severity === 'blocker' || severity === 'high') &&
        (check.startsWith(`${kind}/`) || (kind === 'email' && /mail/.test(check))) &&
        (place?.name === name || subject.split(' ').includes(name)),
    )
      ? 'broken'
      : 'fine';

function hostParts(
  hosts: readonly HostRecords[],
  redirects: Redirects | undefined,
  placed: readonly PlacedHost[],
  stateOf: StateOf,
): Parts {
  const names = new Set(hosts.map(({ name }) => name));
  const end = new Map(hosts.map(({ name }) => [name, endOf(redirects, name, names)]));
  const there = hosts.filter(({ outcome }) => outcome !== 'none');
  const missing = hosts.filter(({ outcome }) => outcome === 'none');
  const boxOf = ({ name, role, outcome }: HostRecords): MapBox => ({
    id: name,
    column: end.get(name) === undefined ? 1 : 0,
    text: name,
    ...(outcome === 'none' ? { note: 'not in the DNS' } : roles[role] !== '' && { note: roles[role] }),
    state: outcome === 'failed' ? 'unknown' : stateOf(name, 'edge'),
  });
  const services = there.flatMap(({ name, addresses }) => {
    if (end.get(name) !== undefined) return [];
    const text = serviceOf(
      placed.find((one) => one.name === name),
      addresses,
    );
    return text === undefined ? [] : [{ name, text }];
  });
  return {
    boxes: [
      ...[...there, ...missing].map(boxOf),
      ...services.map(({ text }): MapBox => ({ id: `at ${text}`, column: 2, text, state: 'fine' })),
    ],
    links: [
      ...[...end].flatMap(([from, to]) => (to === undefined ? [] : [{ from, to }])),
      ...services.map(({ name, text }) => ({ from: name, to: `at ${text}` })),
    ],
  };
}

/** The host of the map that the front page of a host was seen to end at; where nobody asked, the one that it is meant to. */
function endOf(redirects: Redirects | undefined, name: string, names: ReadonlySet<string>): string | undefined {
  const host = redirects?.hosts.find((one) => one.name === name);
  const home = host?.rows.find(({ kind, end, scheme }) => kind === 'home' && end === 'answer' && scheme === 'https');
  const end = home ? hostOf(home.at) : host?.redirectsTo;
  return end !== undefined && end !== name && names.has(end) ? end : undefined;
}

function serviceOf(host: PlacedHost | undefined, addresses: readonly string[]): string | undefined {
  if (host && host.addresses.length > 0 && host.addresses.every(({ proxied }) => proxied)) return "Cloudflare's proxy";
  const known = providerOf(host?.provider || (host?.addresses.find(({ provider }) => provider !== '')?.provider ?? ''));
  const [first] = addresses;
  return (
    known?.name ??
    (first === undefined ? undefined : `a server at ${first}${addresses.length > 1 ? ` and ${addresses.length - 1} more` : ''}`)
  );
}

/** Mail from a domain comes from services, as the map or the SPF record names them; mail to it goes where its MX records say. */
function mailParts(spf: readonly SpfFacts[], mail: readonly MailRecords[], stateOf: StateOf): Parts {
  const streams = spf.map(({ domain, senders, includes = [] }) => {
    const taken = (mail.find((one) => one.domain === domain)?.routes ?? []).flatMap(({ exchange }) => sendersAt(exchange));
    const ids = [...new Set(senders ?? includes)];
    const [to] = taken;
    const silent = senders?.length === 0 ? 'sends no mail' : 'nobody is known to send for it';
    return { domain, ids, note: to ? `mail to it goes to ${to.name}` : ids.length === 0 ? silent : undefined };
  });
  return {
    boxes: streams.flatMap(({ domain, ids, note }) => [
      { id: `@${domain}`, column: 1, text: `@${domain}`, ...(note !== undefined && { note }), state: stateOf(domain, 'email') },
      ...ids.map((id): MapBox => ({ id: `by ${id}`, column: 2, text: mailSender(id)?.name ?? id, note: 'sends mail', state: 'fine' })),
    ]),
    links: streams.flatMap(({ domain, ids }) => ids.map((id) => ({ from: `@${domain}`, to: `by ${id}` }))),
  };
}
