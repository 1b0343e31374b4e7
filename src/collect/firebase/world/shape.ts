import type { ProvedRules, RulesObject } from '../../../evidence/firebase-proof.ts';
import type { Expression, RuleFunction, Ruleset, Match } from '../language/syntax.ts';
import { kindsAmong } from '../../source/database/facts/holds.ts';
import { isProfileTable, isTenantTable } from '../../source/database/facts/words.ts';
import { natureOf } from '../../source/database/facts/nature.ts';
import { marks, type Owned } from './owner.ts';
import { labelOf, type Spot } from './places.ts';
import { snake } from './power.ts';
import { mentions } from './world.ts';

/** Fields that the rules name for a place: those read from what is stored and sent, and those listed as allowed. */
export function fieldsIn(ruleset: Ruleset, spot: Spot): string[] {
  const functions = functionsOf(ruleset);
  const found = new Set<string>();
  const seen = new Set<RuleFunction>();
  let left = 20_000;
  const visit = (expression: Expression): void => {
    if ((left -= 1) < 0) return;
    if (expression.is === 'member' && ofData(expression.of, functions)) found.add(expression.name);
    if (expression.is === 'call' && expression.callee.is === 'member' && /^has(?:Only|All|Any)$/.test(expression.callee.name))
      for (const name of literals(expression.args[0])) if (/keys|Keys/.test(JSON.stringify(expression.callee))) found.add(name);
    if (expression.is === 'call' && expression.callee.is === 'member' && expression.callee.name === 'get')
      for (const name of literals({ is: 'list', items: expression.args.slice(0, 1), at: 0 }))
        if (ofData(expression.callee.of, functions)) found.add(name);
    const called = expression.is === 'call' && expression.callee.is === 'name' ? functions.get(expression.callee.name) : undefined;
    if (called && !seen.has(called)) {
      seen.add(called);
      for (const { value } of called.lets) visit(value);
      visit(called.returns);
    }
    for (const part of children(expression)) visit(part);
  };
  for (const { condition } of spot.allows) if (condition) visit(condition);
  return [...found].filter((name) => name !== 'size' && name !== 'keys').slice(0, 60);
}

/** Names that rules of the Realtime Database use for what is kept at a place: `newData.child('name')`, `hasChildren(['name'])`. */
export function keysOfRule(conditions: readonly Expression[]): string[] {
  const found = new Set<string>();
  let left = 5000;
  const visit = (expression: Expression): void => {
    if ((left -= 1) < 0) return;
    const callee = expression.is === 'call' && expression.callee.is === 'member' ? expression.callee : undefined;
    if (callee && expression.is === 'call' && callee.of.is === 'name' && (callee.of.name === 'data' || callee.of.name === 'newData')) {
      const [arg] = expression.args;
      for (const name of literals(arg?.is === 'literal' ? { is: 'list', items: [arg], at: 0 } : arg)) found.add(name);
    }
    for (const part of children(expression)) visit(part);
  };
  conditions.forEach(visit);
  return [...found];
}

/** `resource.data`, `request.resource.data`, or a function that returns it. */
function ofData(expression: Expression, functions: ReadonlyMap<string, RuleFunction>): boolean {
  if (expression.is === 'member') return expression.name === 'data' && isResource(expression.of);
  if (expression.is !== 'call' || expression.callee.is !== 'name') return false;
  const returned = functions.get(expression.callee.name)?.returns;
  return returned?.is === 'member' && returned.name === 'data' && isResource(returned.of);
}

const isResource = (expression: Expression): boolean =>
  (expression.is === 'name' && expression.name === 'resource') ||
  (expression.is === 'member' && expression.name === 'resource' && expression.of.is === 'name' && expression.of.name === 'request');

const literals = (expression: Expression | undefined): string[] =>
  expression?.is === 'list'
    ? expression.items.flatMap((item) => (item.is === 'literal' && typeof item.value === 'string' ? [item.value] : []))
    : [];

export function children(expression: Expression): readonly Expression[] {
  switch (expression.is) {
    case 'member':
    case 'not':
    case 'minus':
      return [expression.of];
    case 'call':
      return [expression.callee, ...expression.args];
    case 'index':
      return [expression.of, expression.key];
    case 'slice':
      return [expression.of, ...(expression.from ? [expression.from] : []), ...(expression.to ? [expression.to] : [])];
    case 'binary':
      return [expression.left, expression.right];
    case 'choice':
      return [expression.test, expression.met, expression.unmet];
    case 'list':
      return expression.items;
    case 'map':
      return expression.entries.flat();
    case 'path':
      return expression.segments.filter((segment) => typeof segment !== 'string');
    default:
      return [];
  }
}

function functionsOf(ruleset: Ruleset): Map<string, RuleFunction> {
  const found = new Map(ruleset.functions);
  const visit = (match: Match): void => {
    for (const [name, called] of match.functions) found.set(name, called);
    match.matches.forEach(visit);
  };
  ruleset.matches.forEach(visit);
  return found;
}

/** What ties a document to its owner: a part of its path, a field, or what is kept about him under the same tenant. */
export function belongingOf(spot: Spot, owned: Owned): RulesObject['belongs'] {
  const { owner } = marks;
  const worlds = [owned.start, ...[...owned.can.values()].map(({ world }) => world)];
  const uid = `uid-${owner}`;
  const inPath = owned.start.path.findIndex((part) => part === uid || part.startsWith(`${owner}@`));
  const segment = spot.pattern[inPath];
  if (segment && segment.is !== 'text') return { to: 'user', path: [`{${segment.name}}`], told: 'rules' };
  const fields = worlds.flatMap((world) => [...(world.docs.get(keyOf(world))?.fields ?? [])]);
  const tied = fields.find(([, value]) => mentions(value, uid) || mentions(value, `${owner}@`));
  if (tied) return { to: 'user', path: [tied[0]], told: 'rules' };
  const other = worlds.flatMap((world) => [...world.docs.keys()].filter((key) => key !== keyOf(world) && key.includes(owner)));
  const [kept] = other;
  return kept === undefined ? undefined : { to: 'tenant', path: [kept.split('/').at(-2) ?? kept], told: 'rules' };
}
const keyOf = (world: Owned['start']): string => `${world.product === 'storage' ? 'gs:' : ''}${world.path.join('/')}`;

type Purpose = Pick<RulesObject, 'nature' | 'natureWhy' | 'holds' | 'tiedOnly'>;

/** What a place is for, by its name, its fields and whose it is. */
export const natureAt = (product: Ruleset['product'], spot: Spot, fields: readonly string[], belongs: RulesObject['belongs']): Purpose =>
  natureOfNames(product, labelOf(spot), spot.everything, fields, belongs);

/** The same for a place of any product; `everything`: its rule stands for all there is. */
export function natureOfNames(
  product: ProvedRules['product'],
  label: string,
  everything: boolean,
  fields: readonly string[],
  belongs: RulesObject['belongs'],
): Purpose {
  const columns = fields.map((field) => ({ name: snake(field), type: 'text' }));
  const holds = kindsAmong(columns);
  if (everything) return { nature: 'private', natureWhy: 'the rule stands for every collection', holds };
  const name = snake(label);
  if (isTenantTable(name) || isProfileTable(name)) return { nature: 'private', natureWhy: 'its name', holds };
  const delicate = holds.some((kind) => kind !== 'location' && kind !== 'message');
  if ((product === 'storage' ? pictures : shownToMembers).test(name) && !delicate)
    return { nature: 'content', natureWhy: 'its name', holds };
  const table = { name, columns: new Map(columns.map((column) => [column.name, column])) };
  const byWords = natureOf(table, undefined, holds);
  if (byWords.kind !== 'reference' || !belongs) return { nature: byWords.kind, natureWhy: byWords.why, holds };
  const why = `the rules tie it to its ${belongs.to === 'user' ? 'owner' : 'organization'} by ${belongs.path.join(', ')}`;
  return { nature: 'private', natureWhy: why, holds, tiedOnly: true };
}

/** What members of an app are meant to see of each other. */
const shownToMembers =
  /^(?:(?:\w+_)?events?|(?:public|calendar)_\w+|lessons?|guestbooks?|comments?|likes?|follows?|followers|following|leaderboards?|scores?|high_?scores?|badges|achievements|polls?|quotes|recipes|songs|movies|books|videos|app_?config|config|configs|settings|versions?)$/i;
const pictures =
  /(?:^|_)(?:public|avatars?|logos?|images?|pictures?|photos?|icons?|thumbnails?|covers?|banners?|assets?|media|site_content|static|profile_?(?:pictures?|images?|photos?|pics?))$/i;
