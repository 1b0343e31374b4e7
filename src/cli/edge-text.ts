import type { JournalledCall } from '../collect/provider/cloudflare/apply/journal.ts';
import type { Seen } from '../collect/provider/cloudflare/apply/verify.ts';
import type { RecordBody } from '../collect/provider/cloudflare/api.ts';
import { rowOf } from '../collect/provider/cloudflare/permissions.ts';
import { type Change, isOurs, ruleText } from '../collect/provider/cloudflare/plan/change.ts';
import type { Plan } from '../collect/provider/cloudflare/plan/plan.ts';
import { plural } from '../core/wording.ts';
import { hstsOf } from '../evidence/edge-baseline.ts';

const shownValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const shownRecord = ({ content, data, priority }: RecordBody): string =>
  `${priority === undefined ? '' : `${priority} `}${content ?? JSON.stringify(data)}`;
const words: Readonly<Record<string, string>> = {
  http_request_dynamic_redirect: 'redirects',
  http_ratelimit: 'rate limits',
  http_request_cache_settings: 'cache rules',
};

/** One change in one line: `~ A app.example.com: 192.0.2.7 → 192.0.2.8, DNS only → proxied`. */
export function changeLine(change: Change): string {
  if (change.kind === 'setting' && change.id === 'security_header') return `~ HSTS: ${hstsText(change.before)} → ${hstsText(change.after)}`;
  if (change.kind === 'setting') return `~ ${change.id}: ${shownValue(change.before)} → ${shownValue(change.after)}`;
  if (change.kind === 'rules') {
    const { before = [], after, phase } = change;
    const had = new Set(before.filter(isOurs).map(ruleText));
    const has = new Set(after.filter(isOurs).map(ruleText));
    const set = after
      .filter((rule) => isOurs(rule) && !had.has(ruleText(rule)))
      .map(({ description, ref }) => `sets "${description ?? ref}"`);
    const gone = before.filter((rule) => isOurs(rule) && !has.has(ruleText(rule)) && !after.some(({ ref }) => ref === rule.ref));
    const kept = after.filter((rule) => !isOurs(rule)).length;
    const parts = [
      ...set,
      ...gone.map(({ description, ref }) => `removes "${description ?? ref}"`),
      ...(kept > 0 ? [`keeps ${plural(kept, 'rule')} of others`] : []),
    ];
    return `~ ${words[phase] ?? phase}: ${parts.join(', ') || 'another order'}`;
  }
  const { before, after } = change;
  const name = `${(after ?? before)?.type} ${(after ?? before)?.name}`;
  if (!before && after) return `+ ${name}: ${shownRecord(after)}${after.proxied ? ', proxied' : ''}`;
  if (before && !after) return `- ${name}: ${shownRecord(before)}`;
  if (!before || !after) return name;
  const parts = [
    ...(shownRecord(before) === shownRecord(after) ? [] : [`${shownRecord(before)} → ${shownRecord(after)}`]),
    ...(before.proxied === after.proxied ? [] : [after.proxied ? 'DNS only → proxied' : 'proxied → DNS only']),
    ...(before.ttl === after.ttl ? [] : [`TTL ${ttl(before.ttl)} → ${ttl(after.ttl)}`]),
  ];
  return `~ ${name}: ${parts.join(', ')}`;
}

function hstsText(value: unknown): string {
  const { enabled, max_age: age = 0, include_subdomains: all, preload } = hstsOf(value);
  return enabled ? [`${age} seconds`, ...(all ? ['subdomains too'] : []), ...(preload ? ['preload'] : [])].join(', ') : 'off';
}

const ttl = (seconds: number | undefined): string => (seconds === undefined || seconds === 1 ? 'auto' : `${seconds} s`);

/** A plan as a person reads it. */
export function planText({ zone, changes, held, alone, problems, refusal }: Plan): string {
  const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [title, ...lines, '']);
  return [
    `${zone.name} at Cloudflare`,
    '',
    ...section(
      `To do (${changes.length}):`,
      changes.flatMap((one) => [
        `  ${changeLine(one)}`,
        `      ${one.why}`,
        ...(one.drift === undefined ? [] : [`      ${one.drift}`]),
        ...one.risks.map(({ risk, why }) => `      risk taken: ${risk}: ${why}`),
      ]),
    ),
    ...section(
      `Held back (${held.length}):`,
      held.flatMap(({ change, why }) => [
        `  ${changeLine(change)}`,
        `      ${why}`,
        ...(change.drift === undefined ? [] : [`      ${change.drift}`]),
      ]),
    ),
    ...section(
      'Cannot be done from here:',
      problems.map((one) => `  ${one}`),
    ),
    ...section(
      `Left alone (${alone.length}):`,
      alone.map((one) => `  ${one}`),
    ),
    refusal ??
      (changes.length === 0
        ? 'Nothing is to be done.'
        : 'launch-ready edge apply does what stands under "To do"; launch-ready edge undo takes it back.'),
    '',
  ].join('\n');
}

/** What was just done, a line for each change. */
export function doneLines(call: JournalledCall): string[] {
  if (call.is === 'purge')
    return [
      call.denied
        ? `left  the cache was not emptied, the token lacks "${rowOf('Cache Purge', 'Purge')}": do it under Caching, Configuration, Purge Everything`
        : 'done  emptied the cache',
    ];
  return (call.is === 'records' ? call.changes : [call.change]).map((one) => `done  ${changeLine(one)}`);
}

/** What the name servers say, summed up: those that do not answer as they should by name. */
export function seenText(all: readonly Seen[]): string {
  if (all.length === 0) return '';
  const servers = new Set(all.map(({ server }) => server));
  const seen = all.filter(({ outcome }) => outcome === 'seen').length;
  return [
    `Seen from outside: ${seen} of ${plural(all.length, 'answer')} of ${plural(servers.size, 'name server')}.`,
    ...all
      .filter(({ outcome }) => outcome !== 'seen')
      .map(
        ({ server, record, outcome, why }) => `  ${outcome === 'not-yet' ? 'not yet' : 'could not tell'}: ${record} at ${server}: ${why}`,
      ),
    '',
  ].join('\n');
}
