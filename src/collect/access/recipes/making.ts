import type { ChangeRecipe, MakingRecipe } from '../../../evidence/live-recipes.ts';
import { addressOf, type Made } from '../objects/create.ts';
import { isGuess, type Operation } from '../surface/operation.ts';
import { dangerOf } from '../surface/safety.ts';
import { record } from '../surface/schema.ts';
import { templateOf } from '../surface/template.ts';
import type { Body } from '../wire/body.ts';
import type { Sender } from '../wire/sender.ts';
import { recipeBody, recipePath, type Source } from './values.ts';

/** A change that worked for the maker of a thing. */
export interface Learned {
  readonly kind: Made;
  readonly operation: Operation;
  readonly mark: string;
  readonly body: Body | undefined;
}

/** How things are made again, one for each operation that makes some. Its owner looks at each once more: what does not show him the mark proves nothing. */
export async function makingsOf(
  sender: Sender,
  operations: readonly Operation[],
  made: readonly Made[],
  everything: readonly Made[],
  learned: readonly Learned[],
): Promise<MakingRecipe[]> {
  const first = [...new Map(made.toReversed().map((one) => [one.operation.id, one])).values()].toReversed();
  const recipes: MakingRecipe[] = [];
  for (const [nth, one] of first.entries()) {
    const { owner, canary, body, operation, path } = one;
    // Of the kinds before it only: nothing can hang on itself.
    const makingOf = (id: string): number | undefined => {
      const thing = id === '' ? undefined : everything.find((other) => other.owner.name === owner.name && other.id === id);
      const at = thing
        ? first.slice(0, nth).findIndex((kind) => kind.operation.id === thing.operation.id && kind.owner.name === owner.name)
        : -1;
      return at < 0 ? undefined : at;
    };
    const source: Source = { owner, mark: canary, makingOf };
    const keys = one.id === undefined ? undefined : keysTo(one.id, record(one.row));
    const about = operations.flatMap((other) => {
      const address = isGuess(other) || dangerOf(other) !== undefined ? undefined : addressOf(one, other);
      return address === undefined ? [] : [{ operation: other, address }];
    });
    const id = one.id ?? lastOf(about[0]?.address ?? '');
    const reads: MakingRecipe['reads'][number][] = [];
    for (const { operation: read, address } of about) {
      if (read.method !== 'GET' || lastOf(address) !== id) continue;
      const answer = await sender.send({ method: 'GET', path: address, deliberate: true }, owner.session);
      if (answer.ok && answer.value.status < 300 && answer.value.text.includes(canary))
        reads.push({ route: read.id, path: recipePath(address, source, id) });
    }
    const changes = learned
      .filter(({ kind }) => kind.path === path && kind.owner.name === owner.name)
      .flatMap(({ operation: change, kind, mark, body: sent }): ChangeRecipe[] => {
        const address = addressOf(one, change);
        if (address === undefined || lastOf(address) !== id) return [];
        // The body was learned on another thing of the kind: its own mark is no mark here.
        const clean = sent && (JSON.parse(JSON.stringify(sent).replaceAll(kind.canary, mark)) as Body);
        return [
          {
            route: change.id,
            path: recipePath(address, source, id),
            ...(clean && { body: recipeBody(clean, { ...source, mark }) }),
          },
        ];
      });
    recipes.push({
      route: operation.id,
      who: owner.name,
      path: recipePath(path, source),
      body: recipeBody(body, source),
      ...(keys && { id: keys }),
      reads,
      lists: listsWith(one),
      changes,
      ...(one.address !== undefined && lastOf(one.address) === id && { removal: recipePath(one.address, source, id) }),
    });
  }
  return recipes;
}

const lastOf = (address: string): string => decodeURIComponent(address.slice(address.lastIndexOf('/') + 1));

/** Lists and pages on which its owner is shown it. */
const listsWith = ({ owner, canary }: Made): string[] =>
  [...owner.seen.sights.values()].flatMap(({ path, status, content }) =>
    status < 300 && !/[#?]/.test(path) && templateOf(path).ids.length === 0 && content.values.some((value) => value.includes(canary))
      ? [path]
      : [],
  );

function keysTo(id: string, row: Readonly<Record<string, unknown>>, depth = 0): string[] | undefined {
  for (const [key, value] of Object.entries(row)) {
    if ((typeof value === 'string' || typeof value === 'number') && String(value) === id) return [key];
    const below = depth < 3 && value !== null && typeof value === 'object' ? keysTo(id, record(value), depth + 1) : undefined;
    if (below) return [key, ...below];
  }
  return undefined;
}
