import type { GivenDomains } from '../../core/target.ts';
import { mailSender, type MailSender, sendersAt } from '../../evidence/mail-senders.ts';
import type { DnsAnswer, DnsClient } from '../dns/client.ts';
import type { ServerAddress } from '../dns/exchange.ts';
import { parentOf } from '../dns/name.ts';
import { reachOf } from '../http/address.ts';
import { parseKey } from './dkim/key.ts';
import { isDmarc, parseDmarc } from './dmarc/record.ts';
import { isSpf } from './spf/record.ts';

/** A record that mail of a domain needs. */
export interface WantedRecord {
  readonly name: string;
  /** `SPF with Google Workspace`. */
  readonly what: string;
  /** What is wrong with the TXT records of that name; `undefined` where all is there. */
  missing(texts: readonly string[]): string | undefined;
}

/** The records that mail of the domain map needs: SPF with its senders, DKIM keys of its selectors, and DMARC. */
export function wantedRecords({ apex, mail }: GivenDomains): WantedRecord[] {
  const records = mail.flatMap(({ name, senders, selectors = [] }): WantedRecord[] => [
    ...spfWanted(name, senders ?? []),
    ...(senders ?? []).flatMap((id) => {
      const { name: service = id, at, include } = mailSender(id) ?? {};
      return at === undefined || include === undefined ? [] : [includeWanted(`${at}.${name}`, [{ id, name: service }])];
    }),
    ...selectors.map((selector): WantedRecord => ({
      name: `${selector}._domainkey.${name}`,
      what: 'DKIM key',
      missing: (texts) => {
        if (texts.length !== 1) return texts.length === 0 ? 'not there' : `${texts.length} records`;
        const { problem, revoked } = parseKey(texts[0]!);
        return problem ?? (revoked ? 'taken back' : undefined);
      },
    })),
  ]);
  const dmarc: WantedRecord = {
    name: `_dmarc.${apex}`,
    what: 'DMARC policy',
    missing: (texts) => {
      const found = texts.filter(isDmarc);
      if (found.length !== 1) return found.length === 0 ? 'not there' : `${found.length} records`;
      return parseDmarc(found[0]!).ignored ? 'it does not count' : undefined;
    },
  };
  return mail.length > 0 ? [...records, dmarc] : records;
}

/** The record of the From domain; none where its mails all come back to other names. */
function spfWanted(name: string, senders: readonly string[]): WantedRecord[] {
  const known = senders.map((id) => mailSender(id));
  const own = known.flatMap((one) => (one?.spf === 'domain' ? [one] : []));
  return own.length > 0 || known.length === 0 || known.includes(undefined) ? [includeWanted(name, own)] : [];
}

const includeWanted = (name: string, senders: readonly Pick<MailSender, 'id' | 'name'>[]): WantedRecord => ({
  name,
  what: senders.length > 0 ? `SPF with ${senders.map((one) => one.name).join(' and ')}` : 'SPF',
  missing: (texts) => {
    const found = texts.filter(isSpf);
    if (found.length !== 1) return found.length === 0 ? 'not there' : `${found.length} records`;
    const targets = found[0]!.split(' ').flatMap((term) => /^[+~?-]?(?:include:|redirect=)(.+)$/i.exec(term)?.[1] ?? []);
    const lacks = senders.filter(({ id }) => !targets.some((one) => sendersAt(one).some((service) => service.id === id)));
    return lacks.length > 0 ? `without ${lacks.map((one) => one.name).join(' and ')}` : undefined;
  },
});

/** What one name server says of one record just now. */
export interface WantedSight {
  readonly record: WantedRecord;
  /** `ns1.example.net (192.0.2.53)`; the zone where no server could be found. */
  readonly by: string;
  /** Absent: it is there. */
  readonly missing?: string;
  /** It did not answer, which says nothing. */
  readonly failed?: true;
}

/** Asks every name server of the zones that the records lie in, once. `port`: of these servers. `inside`: those in a private network are asked as well. */
export async function lookForWanted(
  dns: DnsClient,
  wanted: readonly WantedRecord[],
  { port = 53, inside = false } = {},
): Promise<WantedSight[]> {
  const sights = await Promise.all(
    wanted.map(async (record): Promise<WantedSight[]> => {
      const servers = await serversOf(dns, record.name, port, inside);
      if (servers.length === 0) return [{ record, by: record.name, missing: 'no name server of its zone could be found', failed: true }];
      return Promise.all(
        servers.map(async ({ by, server }) => ({
          record,
          by,
          ...seen(record, await dns.ask(record.name, 'TXT', { server, recursion: false })),
        })),
      );
    }),
  );
  return sights.flat();
}

function seen(record: WantedRecord, answer: DnsAnswer<'TXT'>): Pick<WantedSight, 'missing' | 'failed'> {
  if (answer.is === 'failed') return { missing: answer.text, failed: true };
  // Where it leads elsewhere, the server of that place has it: services write the key, and the domain only leads there.
  if (answer.is === 'none' && answer.message.answers.some(({ type }) => type === 'CNAME')) return {};
  const missing = record.missing(answer.is === 'records' ? answer.records.map(({ data }) => data) : []);
  return missing === undefined ? {} : { missing };
}

/** The name servers of the zone that a name lies in, with their IPv4 addresses. */
async function serversOf(
  dns: DnsClient,
  name: string,
  port: number,
  inside: boolean,
): Promise<{ readonly by: string; readonly server: ServerAddress }[]> {
  for (let zone: string | undefined = name; zone !== undefined && zone !== '.'; zone = parentOf(zone)) {
    const answer = await dns.ask(zone, 'NS');
    if (answer.is !== 'records') continue;
    const found = await Promise.all(
      answer.records.map(async ({ data: host }) => {
        const addresses = await dns.ask(host, 'A');
        return addresses.is === 'records'
          ? addresses.records
              .filter(({ data }) => inside || reachOf(data) === 'public')
              .map(({ data }) => ({ by: `${host} (${data})`, server: { address: data, port } }))
          : [];
      }),
    );
    return found.flat();
  }
  return [];
}
