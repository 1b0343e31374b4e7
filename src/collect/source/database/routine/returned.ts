import type { Reached } from '../predicate/flow.ts';

/** Variables whose content ends up in what the function returns, followed backwards through assignments and INTO. */
export function returnedNames(statements: readonly Reached[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of statements)
    if (statement.kind === 'return' || statement.kind === 'return-query') for (const word of words(statement.sql)) names.add(word);
  for (let grown = true; grown;) {
    grown = false;
    for (const statement of statements) {
      if (!statement.into.some((name) => names.has(name))) continue;
      for (const word of words(statement.sql)) {
        if (names.has(word)) continue;
        names.add(word);
        grown = true;
      }
    }
  }
  return names;
}

const words = (sql: string): string[] => sql.toLowerCase().match(/[a-z_]\w*/g) ?? [];
