import type { Cell, Failure } from '../../../evidence/isolation.ts';
import type { LiveCatalog, Relation, Routine } from '../live/catalog.ts';
import { keptOfStatement } from '../rebuild/statements.ts';
import { escaped, quote, wordsIn } from '../world/literal.ts';
import { speaksOf } from './opened.ts';

/** How certain verdicts about an object are, given what could not be applied. */
export interface Grader {
  /** `got`: certain unless a statement that failed could have closed it; else: unless one could have opened it. */
  grade(object: string, got: boolean): Pick<Cell, 'grade' | 'unless'>;
  /**
   * An error is certain unless any statement that failed is about what ended in it, or missed the same thing as `message` does: then the running
   * database has it, made by hand.
   */
  gradeError(object: string, message: string): Pick<Cell, 'grade' | 'unless'>;
}

/**
 * Permissive policies are OR-ed, so a statement that failed to add access cannot take back a leak that was seen; only one that would have taken
 * access away can. For what was refused it is the other way round.
 */
export function graderOf(catalog: LiveCatalog, failures: readonly Failure[]): Grader {
  const relations = new Map(catalog.relations.map((relation) => [relation.id, relation]));
  const dependencies = new Map<string, Set<string>>();
  const needed = (object: string): Set<string> => {
    const known = dependencies.get(object);
    if (known) return known;
    const found = dependsOn(object, relations.get(object), catalog);
    dependencies.set(object, found);
    return found;
  };
  const unlessOf = (object: string, matters: (failure: Failure) => boolean): Pick<Cell, 'grade' | 'unless'> => {
    const names = needed(object);
    const unless = failures.flatMap((failure, index) =>
      matters(failure) && failure.touches.some((name) => name === '*' || names.has(name)) && !isOfOtherBuckets(failure, object)
        ? [index]
        : [],
    );
    return unless.length > 0 ? { grade: 'conditional', unless } : { grade: 'proved' };
  };
  return {
    grade: (object, got) => unlessOf(object, ({ closes, opens }) => (got ? closes : opens)),
    gradeError(object, message) {
      const missing = missingIn(message);
      const { unless = [] } = unlessOf(object, () => true);
      const alike = failures.flatMap(({ reason }, index) => (missing !== undefined && missingIn(reason) === missing ? [index] : []));
      const all = [...new Set([...unless, ...alike])];
      return all.length > 0 ? { grade: 'conditional', unless: all } : { grade: 'proved' };
    },
  };
}

const bucketOf = (object: string): string | undefined => /^storage\.(?!objects$|buckets$)(.+)$/s.exec(object)?.[1];

/** It says which files it is about, and they are in other buckets. What was cut short may have said more. */
function isOfOtherBuckets({ sql, touches }: Failure, object: string): boolean {
  const bucket = bucketOf(object);
  if (bucket === undefined || sql.length >= keptOfStatement || !touches.every((name) => name === 'storage.objects')) return false;
  return /\bbucket_id\s*=\s*'/i.test(sql) && !sql.includes(quote(bucket));
}

/** `email`, of "column up.email does not exist" and "column "email" of relation "user_profiles" does not exist". */
const missingIn = (message: string): string | undefined =>
  /(?:column|relation|function|type) "?(?:\w+\.)?(\w+)"?(?:\(.*\))?(?: of relation "\w+")? does not exist/.exec(message)?.[1];

/** The object itself, the functions its policies and body call, what those call, and the tables they read. */
function dependsOn(object: string, relation: Relation | undefined, catalog: LiveCatalog): Set<string> {
  const found = new Set([object]);
  const bucket = relation ? undefined : bucketOf(object);
  if (bucket !== undefined) {
    // Files of a bucket are rows of one table, of whose policies some are about others.
    const files = catalog.relations.find(({ id }) => id === 'storage.objects');
    const about = files && { ...files, policies: files.policies.filter((policy) => speaksOf(policy, bucket)) };
    return new Set([object, 'storage.buckets', ...dependsOn('storage.objects', about, catalog)]);
  }
  const own = catalog.routines.filter(({ id }) => id === object);
  let texts = [...(relation?.policies ?? []).flatMap(({ using = '', check = '' }) => [using, check]), ...own.map(({ source }) => source)];
  for (let depth = 0; depth < 3 && texts.length > 0; depth += 1) {
    const joined = texts.join('\n');
    const isNamed = wordsIn(joined);
    const called: Routine[] = catalog.routines.filter(
      ({ id, name }) => !found.has(id) && joined.includes(name) && new RegExp(`(?<![\\w$])${escaped(name)}"?\\s*\\(`).test(joined),
    );
    for (const { id } of called) found.add(id);
    for (const { id, name } of catalog.relations) if (!found.has(id) && isNamed(name)) found.add(id);
    texts = called.map(({ source }) => source);
  }
  return found;
}
