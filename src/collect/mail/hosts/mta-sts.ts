import type { MailText } from '../../../evidence/mail-hosts.ts';
import type { DnsClient } from '../../dns/client.ts';
import { defaultLimits, openTransport } from '../../http/transport.ts';
import { parseTags } from '../dkim/tags.ts';

/** Where hosts are reached instead of where DNS says, and further authorities. */
export interface Reaching {
  readonly connect?: Readonly<Record<string, string>>;
  readonly authorities?: readonly string[];
}

/** A TXT record at a fixed name that begins with a version, such as `v=STSv1`. */
export async function versionedText(dns: DnsClient, name: string, version: string): Promise<MailText> {
  const answer = await dns.ask(name, 'TXT');
  if (answer.is === 'failed') return { state: 'failed' };
  const texts = answer.is === 'records' ? answer.records.map(({ data }) => data).filter((text) => text.startsWith(`v=${version}`)) : [];
  if (texts.length === 0) return { state: 'none' };
  if (texts.length > 1) return { state: 'found', text: texts[0]!, problem: `there are ${texts.length} records, and there may be one` };
  return parseTags(texts[0]!) ? { state: 'found', text: texts[0]! } : { state: 'found', text: texts[0]!, problem: 'it is no list of tags' };
}

/** The record and the policy of MTA-STS (RFC 8461). `hosts`: the mail servers that the policy must name. */
export async function mtaSts(
  dns: DnsClient,
  domain: string,
  hosts: readonly string[],
  reaching: Reaching,
): Promise<MailText & { readonly mode?: string }> {
  const record = await versionedText(dns, `_mta-sts.${domain}`, 'STSv1');
  if (record.state !== 'found' || record.problem !== undefined) return record;
  if (!parseTags(record.text ?? '')?.has('id')) return { ...record, problem: 'it has no id=' };
  const fetched = await policyOf(`mta-sts.${domain}`, reaching);
  if (fetched === undefined) return record;
  if (typeof fetched !== 'string') return { ...record, problem: fetched.problem };
  const lines = fetched.split(/\r?\n/).map((line) => /^([a-z_]+)\s*:\s*(.*?)\s*$/.exec(line));
  const all = (key: string): string[] => lines.flatMap((line) => (line?.[1] === key ? [line[2] ?? ''] : []));
  const [mode = ''] = all('mode');
  if (all('version')[0] !== 'STSv1' || !['enforce', 'testing', 'none'].includes(mode) || !/^\d{1,10}$/.test(all('max_age')[0] ?? ''))
    return { ...record, problem: 'its policy lacks version: STSv1, a mode or max_age' };
  const patterns = all('mx').map((one) => one.toLowerCase());
  const missed = hosts.filter((host) => !patterns.some((pattern) => fits(host.toLowerCase(), pattern)));
  if (mode !== 'none' && missed.length > 0) return { ...record, mode, problem: `its policy does not name the mail server ${missed[0]}` };
  return { ...record, mode };
}

/** A star stands for one label (RFC 8461 §4.1). */
const fits = (host: string, pattern: string): boolean =>
  pattern.startsWith('*.') ? host.slice(host.indexOf('.') + 1) === pattern.slice(2) : host === pattern;

/** The text of the policy; `undefined` where it could not be told from here whether there is one. */
async function policyOf(
  host: string,
  { connect = {}, authorities = [] }: Reaching,
): Promise<string | { readonly problem: string } | undefined> {
  const [, pinned, port] = /^(.*):(\d+)$/.exec(connect[host] ?? '') ?? [];
  const address = pinned?.replace(/^\[|\]$/g, '');
  const transport = openTransport(
    { pins: address === undefined ? {} : { [host]: address }, named: (name) => address !== undefined && name === host },
    { ...defaultLimits, totalMs: 10_000 },
    { connections: 1, authorities },
  );
  try {
    const url = new URL(`https://${host}${port === undefined ? '' : `:${port}`}/.well-known/mta-sts.txt`);
    const { status, body } = await transport.send(url, { method: 'GET', headers: {}, bodyBytes: 65_536, signal: undefined });
    if (status >= 500 || status === 429) return undefined;
    if (status !== 200) return { problem: `its policy ${url.href} answers ${status}, and no redirect may be followed` };
    return body.toString('utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (/CERT|VERIFY|SELF_SIGNED|ALTNAME/.test(code)) return { problem: `the certificate of ${host} is not valid (${code})` };
    return code === 'ENOTFOUND' ? { problem: `there is no host ${host} to read its policy from` } : undefined;
  } finally {
    await transport.close();
  }
}
