import type { LiveCatalog, Routine } from '../live/catalog.ts';
import { escaped, quote } from '../world/literal.ts';
import type { Step } from './run.ts';

/** A function that policies and other functions ask who the caller is, and nothing of the row: its answer hangs on him alone. */
export interface Gatekeeper {
  readonly routine: Routine;
  /** Ids of the tables whose policies ask it, and of the functions that do. */
  readonly guards: ReadonlySet<string>;
}

/** Those of the repo, the busiest first. A function that is handed a column is none: by what it says of a row it may open the row to everybody. */
export function gatekeepersOf({ relations, routines }: Pick<LiveCatalog, 'relations' | 'routines'>): Gatekeeper[] {
  return routines
    .filter(({ returns }) => returns === 'boolean')
    .map((routine) => {
      const asking = [
        ...relations.filter(({ policies }) =>
          asksOnlyWho(
            policies.flatMap(({ using = '', check = '' }) => [using, check]),
            routine,
          ),
        ),
        ...routines.filter((other) => other !== routine && asksOnlyWho([other.source], routine)),
      ];
      return { routine, guards: new Set(asking.map(({ id }) => id)) };
    })
    .filter(({ guards }) => guards.size > 0)
    .toSorted((one, other) => other.guards.size - one.guards.size);
}

/** Every call in the texts is of that kind, and there is one. */
function asksOnlyWho(texts: readonly string[], { name, schema }: Routine): boolean {
  const call = new RegExp(`(?<![\\w."])(?:"?${escaped(schema)}"?\\.)?"?${escaped(name)}"?\\(`, 'g');
  const handed = texts.flatMap((text) => [...text.matchAll(call)].map((match) => argumentsAt(text, match.index + match[0].length)));
  return handed.length > 0 && handed.every((text) => ofCaller.test(text.replaceAll(literal, '').replaceAll(caller, '')));
}

const literal = /'(?:[^']|'')*'(?:::[\w."]+(?:\s+[a-z]+)*(?:\[\])?)?/g;
const caller = /auth\.(?:uid|jwt|role|email)\(\)/g;
/** What is left of arguments that name no column. */
const ofCaller = /^(?:\s|,|\(|\)|->>?|::[\w."]+|\b(?:select|as\s+\w+|array|true|false|null)\b|\[|\]|\d+)*$/i;

/** The text up to the bracket that closes the one before `from`. */
function argumentsAt(text: string, from: number): string {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')' && (depth -= 1) === 0) return text.slice(from, at);
  }
  return text.slice(from);
}

/** Lets it answer yes, whoever asks. */
export const yesFrom = ({ sql, arguments: all }: Routine): Step => ({
  sql: `DO $launch_ready$ BEGIN EXECUTE (
    SELECT pg_catalog.format('CREATE OR REPLACE FUNCTION %I.%I(%s) RETURNS boolean LANGUAGE sql STABLE AS ''SELECT true''', n.nspname, p.proname, pg_catalog.pg_get_function_arguments(p.oid))
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE p.oid = ${quote(`${sql}(${all.map(({ type }) => type).join(', ')})`)}::regprocedure); END $launch_ready$`,
});
