import type { GivenRecord } from '../../../../core/target.ts';
import type { EdgeRecord } from '../../../../evidence/cloudflare.ts';
import { isAddress, ownEdgeOf, purposeOf } from '../../../../evidence/edge-records.ts';
import type { RecordBody } from '../api.ts';
import type { LiveZone } from '../zone.ts';
import { contentText, recordText, type RecordChange, unquoted } from './change.ts';
import { bodyFor } from './given.ts';

/** What is to be done with the records, and what stays as it is. */
export interface RecordPlan {
  readonly changes: readonly RecordChange[];
  /** Records that are left alone, with the reason. */
  readonly alone: readonly { readonly record: EdgeRecord; readonly why: string }[];
  /** What is asked for and cannot be done, in sentences. */
  readonly problems: readonly string[];
}

/** What we last made of a record. */
export interface AppliedRecord {
  readonly body: RecordBody;
  /** It was not there before us. */
  readonly made: boolean;
}

type Given = { readonly given: GivenRecord; readonly body: RecordBody };

/** Only one of these can be at a name, so that a new one takes the place of the old. */
function slotOf({ type = '', content = '' }: RecordBody): string | undefined {
  if (type === 'A' || type === 'AAAA' || type === 'CNAME') return 'address';
  if (type === 'TXT') return /^v=(?:spf1|DMARC1|DKIM1|STSv1|TLSRPTv1)/i.exec(unquoted(content))?.[0].toLowerCase();
  return undefined;
}

/**
 * Compares the records that are asked for with those that are there. `applied`: what we last made of them: what of it was new and is not asked for any more is deleted.
 * Everything else is left alone.
 */
export function planRecords(zone: LiveZone, wanted: readonly GivenRecord[], applied: readonly AppliedRecord[]): RecordPlan {
  const live = zone.records.value ?? [];
  const taken = new Set<EdgeRecord>();
  const changes: RecordChange[] = [];
  const alone: { record: EdgeRecord; why: string }[] = [];
  const problems: string[] = [];
  const ours = new Map(applied.map((one) => [`${one.body.type} ${one.body.name}`, one]));
  const bodies = wanted.flatMap((given): Given[] => {
    const body = bodyFor(given);
    if (body) return [{ given, body }];
    problems.push(`The content of ${given.type} ${given.name} cannot be read: ${given.content}`);
    return [];
  });

  const at = ({ type, name }: RecordBody, one: EdgeRecord): boolean =>
    one.type === type && one.name.toLowerCase() === name && !taken.has(one);
  const open: Given[] = [];
  for (const { given, body } of bodies) {
    const same = live.find((one) => at(body, one) && contentText(one) === contentText(body));
    if (!same) {
      open.push({ given, body });
      continue;
    }
    taken.add(same);
    if (same.meta?.read_only) alone.push({ record: same, why: 'Cloudflare keeps it itself' });
    else {
      const after = { ...same, proxied: wantsProxy(zone, live, given, body, same), ttl: given.ttl ?? same.ttl };
      if (recordText(after) !== recordText(same)) push({ before: same, after, why: flagWhy(same, after.proxied) });
    }
  }
  for (const { given, body } of open) {
    const slot = slotOf(body);
    const old = slot === undefined ? undefined : live.find((one) => at(body, one) && slotOf(one) === slot && !one.meta?.read_only);
    const proxied = wantsProxy(zone, live, given, body, old);
    if (old) taken.add(old);
    if (old) push({ before: old, after: { ...old, ...body, proxied, ttl: given.ttl ?? old.ttl }, why: 'domains.records asks for it' });
    else push({ after: { ...body, ...(isAddress(body as EdgeRecord) && { proxied }) }, why: 'domains.records asks for it' });
  }
  const hosts = new Set(bodies.filter(({ body }) => slotOf(body) === 'address').map(({ body }) => body.name));
  for (const record of live) {
    if (taken.has(record)) continue;
    if (record.meta?.read_only) {
      alone.push({ record, why: 'Cloudflare keeps it itself' });
      continue;
    }
    if (isAddress(record) && hosts.has(record.name.toLowerCase())) {
      taken.add(record);
      push({ before: record, why: `it would lead some visitors elsewhere than the records that are asked for at ${record.name}` });
      continue;
    }
    const before = ours.get(`${record.type} ${record.name}`);
    if (
      before?.made &&
      recordText({ ...record, proxied: before.body.proxied ?? false }) === recordText({ ...before.body, ttl: record.ttl })
    ) {
      push({ before: record, why: 'we made it, and domains.records does not ask for it any more', own: true });
      continue;
    }
    const proxied = isAddress(record) ? wantsProxy(zone, live, undefined, record, record) : record.proxied;
    if (proxied === record.proxied) alone.push({ record, why: 'nothing asks for it, and nothing is wrong with it' });
    else push({ before: record, after: { ...record, proxied, ttl: proxied ? 1 : record.ttl }, why: flagWhy(record, proxied) });
  }
  return { changes, alone, problems };

  function push(change: Pick<RecordChange, 'before' | 'after' | 'why' | 'own'>): void {
    const one = (change.after ?? change.before) as RecordBody;
    const last = ours.get(`${one.type} ${one.name}`)?.body;
    const drifted = last && change.before && !change.own && recordText({ ...change.before, ttl: 1 }) !== recordText({ ...last, ttl: 1 });
    changes.push({
      kind: 'record',
      ...change,
      risks: risksOf(zone, live, change),
      ...(drifted && {
        drift: `since we applied it, somebody changed it from ${shown(last)} to ${shown(change.before)}`,
      }),
    });
  }
}

const shown = ({ content, data, proxied }: RecordBody): string => `${content ?? JSON.stringify(data)}${proxied ? ' (proxied)' : ''}`;

const flagWhy = ({ name }: EdgeRecord, proxied: boolean): string =>
  proxied ? `${name} is a host of the app, and is to go through Cloudflare` : `behind the proxy ${name} cannot do what it is for`;

/** Whether a record is to go through the proxy: as somebody said, else as its purpose wants it, else as it is. */
function wantsProxy(
  zone: LiveZone,
  live: readonly EdgeRecord[],
  given: GivenRecord | undefined,
  body: RecordBody,
  old: EdgeRecord | undefined,
): boolean {
  if (!isAddress(body as EdgeRecord)) return false;
  const record = body as EdgeRecord;
  const purpose = purposeOf(record, live, zone);
  if (purpose === 'mail' || purpose === 'verification') return false;
  if (given?.proxied !== undefined) return given.proxied;
  const isMeant = zone.hosts.some(({ name }) => name === record.name);
  if (isMeant) return ownEdgeOf(record) === undefined;
  return old?.proxied ?? false;
}

function risksOf(
  zone: LiveZone,
  live: readonly EdgeRecord[],
  { before, after }: Pick<RecordChange, 'before' | 'after'>,
): RecordChange['risks'] {
  const found: { risk: RecordChange['risks'][number]['risk']; why: string }[] = [];
  const one = (before ?? after) as EdgeRecord;
  const isMail = purposeOf(one, live, zone) === 'mail';
  const isOtherContent = before && (!after || contentText(before) !== contentText(after));
  if (isMail && isOtherContent) found.push({ risk: 'breaks-mail', why: `mail of ${one.name} depends on it` });
  if (!before && one.type === 'MX' && live.some(({ type, name }) => type === 'MX' && name === one.name))
    found.push({ risk: 'breaks-mail', why: `mail of ${one.name} goes elsewhere so far` });
  const server = after?.proxied === false && before?.content;
  if (before?.proxied && after && !after.proxied && before.type !== 'CNAME' && ownEdgeOf(before) === undefined)
    found.push({ risk: 'exposes-origin', why: `everybody can see ${String(server)} then` });
  const covers = zone.certificates.value?.filter(({ status }) => status === 'active').flatMap(({ hosts }) => hosts) ?? [];
  const isCovered = covers.some(
    (name) => name === one.name || (name.startsWith('*.') && one.name.split('.').slice(1).join('.') === name.slice(2)),
  );
  if (after?.proxied && !before?.proxied && !isCovered)
    found.push({ risk: 'breaks-TLS', why: `no certificate at the edge is known to be for ${one.name}` });
  if (after?.proxied && !before?.proxied && zone.rules.http_request_cache_settings.value === undefined)
    found.push({ risk: 'opens-cache', why: 'the cache rules, which are for it then, could not be read' });
  return found;
}
