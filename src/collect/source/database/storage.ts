import type { Access, Reach, Rows, Verb } from '../../../evidence/database.ts';
import { type TableState, verbs } from './catalog/state.ts';
import { and, no, type Term, yes } from './predicate/term.ts';
import type { Caller, Reaches } from './reach.ts';

const nobody: Reach = { rows: 'none', policies: [] };
const order: readonly Rows[] = ['none', 'own', 'tenant', 'role', 'other', 'flagged', 'condition', 'self-declared', 'all', 'unknown'];

/** What the policies on storage.objects let a caller do with the objects of one bucket. */
export function bucketAccess(reaches: Reaches, objects: TableState | undefined, bucket: string, caller: Caller): Access {
  const access = Object.fromEntries(
    verbs.map((verb) => [verb, objects ? reach(reaches, objects, bucket, verb, caller) : nobody]),
  ) as Record<Verb, Reach>;
  return access;
}

function reach(reaches: Reaches, objects: TableState, bucket: string, verb: Verb, caller: Caller): Reach {
  const applying = reaches
    .terms(objects)
    .filter(
      ({ policy }) =>
        (policy.command === 'all' || policy.command === verb) && policy.roles.some((role) => role === 'public' || role === caller),
    );
  const part = (item: (typeof applying)[number]): Term =>
    within((verb === 'insert' ? (item.check ?? item.using) : (item.using ?? (item.check ? no : yes))) ?? yes, bucket);
  const limit = and(applying.filter(({ policy }) => !policy.permissive).map(part));
  const ways = applying
    .filter(({ policy }) => policy.permissive)
    .map((item) => ({ name: item.policy.name, rows: reaches.rows(and([part(item), limit]), caller) }));
  const widest = ways.reduce<Rows>((rows, way) => (order.indexOf(way.rows) > order.indexOf(rows) ? way.rows : rows), 'none');
  return { rows: widest, policies: ways.filter((way) => way.rows === widest && widest !== 'none').map((way) => way.name) };
}

/** The condition with `bucket_id` known. */
function within(term: Term, bucket: string): Term {
  if (term.is === 'and') return and(term.of.map((part) => within(part, bucket)));
  if (term.is === 'or') {
    const parts = term.of.map((part) => within(part, bucket)).filter((part) => part.is !== 'false');
    const always = parts.find((part) => part.is === 'true');
    if (always) return always;
    return parts.length === 0 ? no : parts.length === 1 ? (parts[0] as Term) : { is: 'or', of: parts };
  }
  if (term.is !== 'row' || term.columns.join() !== 'bucket_id') return term;
  if (term.equals) return term.equals.includes(bucket) ? yes : no;
  return term.excludes ? (term.excludes.includes(bucket) ? no : yes) : term;
}
