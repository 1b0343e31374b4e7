import type { EdgeRecord, EdgeRule, EdgeSetting, RulePhase } from '../../../../evidence/cloudflare.ts';
import type { RecordBody } from '../api.ts';

/** What may go wrong with a change for the customers of the app. */
export const risks = ['breaks-mail', 'breaks-TLS', 'exposes-origin', 'opens-cache'] as const;
export type Risk = (typeof risks)[number];

interface About {
  /** Why it is to be done, one sentence. */
  readonly why: string;
  /** With what the risk is, in words. */
  readonly risks: readonly { readonly risk: Risk; readonly why: string }[];
  /** What somebody else changed since we last applied, in words. */
  readonly drift?: string;
}

/** A record is made (no `before`), changed, or deleted (no `after`). Both whole, so that either can be put back. */
export interface RecordChange extends About {
  readonly kind: 'record';
  readonly before?: EdgeRecord;
  readonly after?: RecordBody;
  /** We made it ourselves. */
  readonly own?: true;
}

export interface SettingChange extends About {
  readonly kind: 'setting';
  readonly id: EdgeSetting;
  readonly before: unknown;
  readonly after: unknown;
}

/** All rules of a phase; of those that are not ours only what is the same before and after. */
export interface RulesChange extends About {
  readonly kind: 'rules';
  readonly phase: RulePhase;
  /** Absent: the phase has no list of rules yet. */
  readonly before?: readonly EdgeRule[];
  readonly after: readonly EdgeRule[];
}

export type Change = RecordChange | SettingChange | RulesChange;

/** By this our rules are known. */
export const isOurs = ({ ref }: EdgeRule): boolean => ref?.startsWith('lr_') ?? false;

const ordered = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(ordered)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, one]) => one !== undefined)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, one]) => [key, ordered(one)]),
        )
      : value;

/** A text that is the same for the same value, in whatever order its keys come. */
export const textOf = (value: unknown): string => JSON.stringify(ordered(value)) ?? 'undefined';

const byData = new Set(['CAA', 'SRV', 'HTTPS', 'SVCB', 'TLSA', 'DS', 'SSHFP', 'CERT', 'DNSKEY', 'LOC', 'NAPTR', 'SMIMEA', 'URI']);
const names = new Set(['CNAME', 'MX', 'NS', 'PTR']);

/** The text of a TXT record without its quotes, its strings glued together. */
export function unquoted(content: string): string {
  const strings = [...content.trim().matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, one = '']) => one.replace(/\\(.)/g, '$1'));
  return strings.length > 0 ? strings.join('') : content;
}

/** What a record holds, so that the same in another spelling is the same: dots at the end, quotes, capitals. */
export function contentText({ type = '', content = '', data, priority }: RecordBody): string {
  const held =
    data && byData.has(type)
      ? textOf(data)
      : type === 'TXT'
        ? unquoted(content)
        : names.has(type)
          ? content.toLowerCase().replace(/\.$/, '')
          : content.toLowerCase();
  return type === 'MX' ? `${priority ?? 0} ${held}` : held;
}

/** All of a record that a user can set, as a text: equal where nothing would have to be changed. */
export function recordText(record: RecordBody): string {
  const { type, name = '', proxied = false, ttl = 1, comment, tags = [], settings = {} } = record;
  return textOf([
    type,
    name.toLowerCase().replace(/\.$/, ''),
    contentText(record),
    proxied,
    proxied ? 1 : ttl,
    comment ?? '',
    tags,
    settings,
  ]);
}

/** What of a record is sent, so that it is exactly as given. */
export function bodyOf({ type, name, content, priority, data, proxied, ttl, comment, tags, settings }: RecordBody): RecordBody {
  return {
    ...(type !== undefined && { type }),
    ...(name !== undefined && { name }),
    ...(data !== undefined && byData.has(type ?? '') ? { data } : content !== undefined && { content }),
    ...(priority !== undefined && type !== 'SRV' && { priority }),
    ...(proxied !== undefined && { proxied }),
    ttl: ttl ?? 1,
    ...(comment !== undefined && comment !== null && { comment }),
    ...(tags !== undefined && tags.length > 0 && { tags }),
    ...(settings !== undefined && Object.keys(settings).length > 0 && { settings }),
  };
}

/** What of a rule is sent: what the API dates and counts itself is left out. */
export function ruleBody(rule: EdgeRule): EdgeRule {
  const { version: _version, last_updated: _updated, ...rest } = rule as EdgeRule & { version?: string; last_updated?: string };
  return rest;
}

/** A rule as a text, whatever its id; what the API fills in by itself, because nobody said otherwise, makes no difference. */
export const ruleText = (rule: EdgeRule): string => {
  const { id: _id, enabled = true, ratelimit, ...rest } = ruleBody(rule);
  const limit = ratelimit && Object.fromEntries(Object.entries(ratelimit).filter(([, value]) => value !== false && value !== ''));
  return textOf({ ...rest, enabled, ...(limit && { ratelimit: limit }) });
};
