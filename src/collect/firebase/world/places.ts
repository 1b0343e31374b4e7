import type { Allow, Match, Ruleset, Segment } from '../language/syntax.ts';
import { rootOf } from '../evaluate/scene.ts';

/** A path of the rules that is tried: a pattern with at least one `allow`. */
export interface Spot {
  readonly pattern: readonly Segment[];
  readonly allows: readonly Allow[];
  readonly at: number;
  /** As the rules say it, without the part that every pattern begins with. */
  readonly name: string;
  /** True when it stands for every collection. */
  readonly everything: boolean;
}

const most = 300;

/** Every pattern with an `allow`, those with the same pattern as one; at most 300. */
export function spotsOf(ruleset: Ruleset): { readonly spots: readonly Spot[]; readonly left: number } {
  const found = new Map<string, Spot>();
  let left = 0;
  const root = rootOf(ruleset.product).length;
  const visit = (match: Match, before: readonly Segment[]): void => {
    const whole = [...before, ...match.pattern];
    const pattern = whole.slice(root);
    if (match.allows.length > 0) {
      // A rule at the very root that stands for all: `match /{document=**}` outside of the documents.
      const at = pattern.length > 0 ? pattern : [{ is: 'rest', name: 'all' } as const];
      const name = written(at);
      const same = found.get(name);
      if (!same && found.size >= most) left += 1;
      else
        found.set(name, {
          pattern: at,
          name,
          at: same?.at ?? match.at,
          allows: [...(same?.allows ?? []), ...match.allows],
          everything: at.every((segment) => segment.is !== 'text'),
        });
    }
    for (const inner of match.matches) visit(inner, whole);
  };
  for (const match of ruleset.matches) visit(match, []);
  return { spots: [...found.values()], left };
}

export const written = (pattern: readonly Segment[]): string =>
  pattern
    .map((segment) => `/${segment.is === 'text' ? segment.text : segment.is === 'any' ? `{${segment.name}}` : `{${segment.name}=**}`}`)
    .join('');

const singular = (word: string): string => word.replace(/ies$/i, 'y').replace(/(?<!s)s$/i, '') || 'item';

/** A path that the pattern fits, with the mark of whose it is in everything that can be chosen. */
export function pathFor(spot: Spot, product: Ruleset['product'], mark: string): string[] {
  const path: string[] = [];
  for (const segment of spot.pattern) {
    if (segment.is === 'text') path.push(segment.text);
    else if (segment.is === 'any')
      path.push(path.length % 2 === 0 && product === 'firestore' ? 'records' : `${singular(path.at(-1) ?? segment.name)}-${mark}`);
    else if (product === 'storage') path.push(...(path.length === 0 ? ['files'] : []), `file-${mark}`);
    else path.push(...(path.length % 2 === 0 ? ['records', `record-${mark}`] : [`${singular(path.at(-1) ?? 'record')}-${mark}`]));
  }
  // A pattern that ends at a collection speaks about no document, unless it goes on.
  return path;
}

/** The last name the pattern says, or that of its last variable's folder. */
export const labelOf = ({ pattern }: Spot): string => pattern.findLast((segment) => segment.is === 'text')?.text ?? '';

/** The path of a document or file by its key in the store. */
export const pathOfKey = (key: string): string[] => key.replace(/^gs:/, '').split('/');
