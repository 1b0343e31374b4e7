import type { Access, Reach, Rows, Verb } from '../../../evidence/database.ts';
import { type PolicyState, type TableState, verbs } from './catalog/state.ts';
import { and, no, type Term, yes } from './predicate/term.ts';
import type { Caller, Reaches } from './reach.ts';

const nobody: Reach = { rows: 'none', policies: [] };
const order: readonly Rows[] = ['none', 'own', 'tenant', 'role', 'other', 'flagged', 'condition', 'self-declared', 'all', 'unknown'];

/** What the policies on storage.objects let a caller do with the objects of one bucket. */
export function bucketAccess(reaches: Reaches, objects: TableState | undefined, bucket: string, caller: Caller): Access {
  const access = Object.fromEntries(
    verbs.map((verb) => [verb, objects ? reach(reaches, objects, bucket, verb, caller) : nobody]),
  ) as Record<Verb, Reach>;
  // The storage API finds an object before it changes or removes it: without SELECT there is nothing to find.
  const seen = access.select.rows;
  for (const verb of ['update', 'delete'] as const)
    if (order.indexOf(access[verb].rows) > order.indexOf(seen)) access[verb] = { ...access[verb], rows: seen };
  return access;
}

/** Buckets that policies name, whether the repo creates them or not. */
export function bucketsNamed(reaches: Reaches, objects: TableState | undefined): Map<string, PolicyState> {
  const found = new Map<string, PolicyState>();
  for (const { policy, using, check } of objects ? reaches.terms(objects) : [])
    for (const term of [using, check]) for (const name of term ? namesIn(term) : []) if (!found.has(name)) found.set(name, policy);
  return found;
}

function namesIn(term: Term): string[] {
  if (term.is === 'and' || term.is === 'or') return term.of.flatMap(namesIn);
  return term.is === 'row' && term.columns.join() === 'bucket_id' ? (term.equals ?? []).filter((value) => typeof value === 'string') : [];
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
  const atom = term.is === 'not' ? term.of : term;
  if (atom.is !== 'row' || atom.columns.join() !== 'bucket_id' || !atom.equals) return term;
  return atom.equals.includes(bucket) === (term.is !== 'not') ? yes : no;
}
