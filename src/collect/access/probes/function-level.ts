import type { LiveCell } from '../../../evidence/live-access.ts';
import type { Made } from '../objects/create.ts';
import type { Person } from '../people/person.ts';
import type { Operation } from '../surface/operation.ts';
import { type Writing, writeProbes } from './write.ts';

/** Who was refused to make things of a kind. */
export class Denials {
  readonly #by = new Map<string, { readonly operation: Operation; readonly who: Set<string> }>();

  note(owner: Pick<Person, 'name'>, operation: Operation): void {
    const known = this.#by.get(operation.id) ?? { operation, who: new Set<string>() };
    this.#by.set(operation.id, { operation, who: known.who.add(owner.name) });
  }

  /** Operations that ordinary people are refused and that none of them got anything by. */
  reserved(made: readonly Made[]): Operation[] {
    return [...this.#by.values()].flatMap(({ operation }) => (made.some((one) => one.operation.id === operation.id) ? [] : [operation]));
  }

  whom({ id }: Operation): ReadonlySet<string> {
    return this.#by.get(id)?.who ?? new Set();
  }
}

/**
 * Whether ordinary people may change or remove what only those who run the app may make (OWASP API5:2023): one method is guarded and another one
 * forgotten. No policy is needed for it: who is refused to make a thing is hardly meant to remove it. `made`: by an administrator, for this.
 */
export async function functionLevelProbes(writing: Writing, made: readonly Made[], denials: Denials): Promise<LiveCell[]> {
  const cells: LiveCell[] = [];
  for (const one of made) {
    const refused = denials.whom(one.operation);
    const people = writing.people.filter((who) => who.name === one.owner.name || !who.account || refused.has(who.name));
    for (const cell of await writeProbes({ ...writing, people }, [one])) cells.push({ ...cell, reserved: one.operation.id });
  }
  return cells;
}
