import type { RulesCell, RulesEscalation, RulesObject } from '../../../evidence/firebase-proof.ts';
import { shown, type Unknown, type Value } from '../evaluate/value.ts';
import { marks } from '../world/owner.ts';
import { powerOf } from '../world/power.ts';
import { keysOfRule, natureOfNames } from '../world/shape.ts';
import { callerOf, mentions, renamed } from '../world/world.ts';
import { belongsIn, bringsAll, callerFor, changed, dataFor, requestOf, withData, without, withStranger } from './data.ts';
import { decideRealtime } from './decide.ts';
import { emptyTree, somebody } from './evaluate.ts';
import type { RealtimeRule, RuleNode } from './parse.ts';
import {
  asDocument,
  isSent,
  ownerCost,
  realtimeScene,
  type RealtimeSearch,
  type RealtimeSolution,
  type RealtimeWorld,
  solveRealtime,
  storedAt,
} from './world.ts';

/** A place of the tree that is tried: one with a `.read` or `.write`. */
export interface Spot {
  readonly pattern: readonly string[];
  readonly node: RuleNode;
}

export type Cite = (rule: RealtimeRule) => NonNullable<RulesCell['through']>;
export const shownPath = (pattern: readonly string[]): string =>
  `/${pattern.map((part) => (part.startsWith('$') ? `{${part.slice(1)}}` : part)).join('/')}`;

const singular = (word: string): string => word.replace(/ies$/i, 'y').replace(/(?<!s)s$/i, '') || 'item';
const partFor = (pattern: readonly string[], index: number, mark: string): string => {
  const part = pattern[index] ?? '';
  return part.startsWith('$') ? `${singular((pattern[index - 1] ?? part).replace('$', ''))}-${mark}` : part;
};

const verbs = ['get', 'create', 'update', 'delete'] as const;
type Verb = (typeof verbs)[number];

/** What people try at one place, and what comes of it. */
export class Trial {
  private readonly root: RuleNode;
  private readonly spot: Spot;
  private readonly now: number;
  private readonly cite: Cite;
  private readonly worlds = new Map<Verb, RealtimeWorld>();
  private readonly entitled: { readonly verb: Verb; readonly who: 'peer' | 'admin'; readonly solution: RealtimeSolution }[] = [];
  private readonly cells: RulesCell[] = [];
  private readonly start: RealtimeWorld;
  constructor(root: RuleNode, spot: Spot, now: number, cite: Cite) {
    this.root = root;
    this.spot = spot;
    this.now = now;
    this.cite = cite;
    this.start = this.begin();
    for (const verb of verbs) this.cells.push(...this.tryVerb(verb));
    this.cells.push(...this.tryList());
  }

  private solve(world: RealtimeWorld, search: RealtimeSearch): RealtimeSolution | undefined {
    return solveRealtime(this.root, world, this.now, search);
  }

  /** The owner makes his data, or it is put there by somebody who may. */
  private begin(): RealtimeWorld {
    const { pattern, node } = this.spot;
    const mark = marks.owner;
    const first: RealtimeWorld = {
      method: 'create',
      caller: callerOf(mark),
      path: pattern.map((_, index) => partFor(pattern, index, mark)),
      stored: emptyTree,
      sent: dataFor(node, mark),
      query: new Map(),
      names: new Map(pattern.flatMap((part, index) => (part.startsWith('$') ? [[part, index] as const] : []))),
    };
    const made = this.solve(first, { limit: 100, cost: ownerCost(false) });
    if (made) this.worlds.set('create', made.world);
    const sent =
      made?.world.sent ??
      this.solve({ ...first, caller: callerOf(marks.admin) }, { limit: 100, cost: ownerCost(true) })?.world.sent ??
      first.sent;
    const base = made?.world ?? first;
    const there = withData({ ...base, sent });
    const reads = this.solve({ ...there, method: 'get' }, { limit: 100, cost: ownerCost(false) });
    return { ...(reads?.world ?? there), method: 'create' };
  }

  private tryVerb(verb: Verb): RulesCell[] {
    const { start } = this;
    const made = this.worlds.get('create');
    const before: RealtimeWorld =
      verb === 'create' ? (made ?? without(start)) : { ...start, method: verb, sent: verb === 'update' ? changed(start) : start.sent };
    const own = this.solve(before, { limit: 100, cost: ownerCost(false) });
    const world = own?.world ?? before;
    this.worlds.set(verb, world);
    const found: RulesCell[] = own ? [this.got('owner', own.world, own.by)] : [this.answered('owner', world)];
    for (const who of ['peer', 'admin'] as const) {
      const solution = this.entitle(world, who);
      if (!solution) continue;
      this.entitled.push({ verb, who, solution });
      found.push(this.got(who, solution.world, solution.by));
    }
    for (const who of ['anon', 'newcomer', 'stranger'] as const) found.push(this.tryAs(who, withStranger(world)));
    const controlled = found.some(({ who, outcome }) => outcome === 'got' && ['owner', 'peer', 'admin'].includes(who));
    if (controlled || this.isClosed(world)) return found;
    return found.map((cell) =>
      cell.outcome === 'refused'
        ? {
            ...cell,
            outcome: 'undecided',
            because: 'no way was found for the owner or an administrator to get through, so a refusal proves nothing',
          }
        : cell,
    );
  }

  /** Reading what lies above brings all of its children: who may only read one has to know its name. */
  private tryList(): RulesCell[] {
    const world = this.worlds.get('get');
    if (!world || !this.spot.pattern.at(-1)?.startsWith('$')) return [];
    const above = { ...withStranger(world), path: world.path.slice(0, -1) };
    return (['owner', 'anon', 'newcomer', 'stranger'] as const).map((who) => {
      const mine: RealtimeWorld = { ...above, caller: who === 'owner' ? world.caller : callerFor(who, world.caller), query: new Map() };
      const { by } = decideRealtime(this.root, realtimeScene(mine, this.now));
      return { ...(by ? this.got(who, mine, by) : this.answered(who, mine)), verb: 'list' };
    });
  }

  /** No rule can let anybody through, whatever is stored and sent. */
  private isClosed(world: RealtimeWorld): boolean {
    const open: Unknown = { is: 'any', because: 'unresolved', why: 'nothing is known' };
    const scene = realtimeScene(world, this.now);
    return decideRealtime(this.root, {
      ...scene,
      auth: { is: 'map', fields: new Map([['uid', somebody]]), open },
      stored: open,
      next: world.method === 'get' ? open : scene.next,
      query: open,
    }).grants.every(({ value }) => value.is === 'bool' && !value.value);
  }

  private entitle(world: RealtimeWorld, who: 'peer' | 'admin'): RealtimeSolution | undefined {
    const mark = marks[who];
    const found = this.solve(
      { ...world, caller: callerOf(mark) },
      {
        limit: 60,
        cost: (edit, at) => {
          if (isSent(edit, at)) return 1;
          if (
            edit.in === 'name' ||
            (edit.in !== 'token' &&
              'path' in edit &&
              at.path.every((part, index) => edit.path[index] === part) &&
              !mentions(edit.value, mark) &&
              !edit.path.some((part) => part.includes(mark)))
          )
            return undefined;
          const gained = powerOf(asDocument(edit), mark, marks.owner);
          if (who === 'peer') return gained === 'own' ? 2 : gained === 'member' ? 3 : undefined;
          return edit.in === 'token' ? 15 : { own: 2, member: 40, tenant: 5, global: 4 }[gained];
        },
      },
    );
    return found?.edits.some((edit) => !isSent(edit, found.world)) ? found : undefined;
  }

  private tryAs(who: 'anon' | 'newcomer' | 'stranger', world: RealtimeWorld): RulesCell {
    const mine: RealtimeWorld = { ...world, caller: callerFor(who, world.caller), query: new Map() };
    const { owner } = marks;
    // What is made in the owner's name, or under his: his name has to stay in it.
    const tied = world.method === 'create' && (mentions(world.sent, `uid-${owner}`) || world.path.some((part) => part.includes(owner)));
    const keeps = (at: RealtimeWorld): boolean => !mentions(world.sent, `uid-${owner}`) || mentions(at.sent, `uid-${owner}`);
    const found = this.solve(mine, {
      limit: 40,
      cost: (edit, at) => (isSent(edit, at) ? 1 : undefined),
      accepts: (at) =>
        (at.method === 'update' ? shown(at.sent) !== shown(storedAt(at) ?? at.sent) : at.method !== 'create' || keeps(at)) && bringsAll(at),
    });
    const variant = tied ? { variant: 'as-victim' as const } : {};
    return found ? { ...this.got(who, found.world, found.by), ...variant } : { ...this.answered(who, mine), ...variant };
  }

  private got(who: RulesCell['who'], world: RealtimeWorld, by: RealtimeRule): RulesCell {
    const said = {
      get: `The data came back: ${shown(storedAt(world) ?? emptyTree).slice(0, 200)}.`,
      create: 'The data is there.',
      update: 'The data is changed.',
      delete: 'The data is gone.',
    }[world.method];
    return { verb: world.method, who, outcome: 'got', request: requestOf(world), answer: said, through: this.cite(by) };
  }

  private answered(who: RulesCell['who'], world: RealtimeWorld): RulesCell {
    const { outcome, because } = decideRealtime(this.root, realtimeScene(world, this.now));
    const request = requestOf(world);
    if (outcome === 'unsure')
      return {
        verb: world.method,
        who,
        outcome: 'undecided',
        request,
        answer: 'It could not be told.',
        because: because ?? 'it takes too long',
      };
    return { verb: world.method, who, outcome: 'refused', request, answer: 'Permission denied.' };
  }

  /** Ordinary accounts write about themselves what lets the entitled in, and try again. */
  escalations(objectOf: (rule: RealtimeRule) => string): RulesEscalation[] {
    const found: RulesEscalation[] = [];
    for (const { verb, who: as, solution } of this.entitled)
      for (const who of ['newcomer', 'stranger'] as const) {
        const start = this.worlds.get(verb);
        if (!start || this.cells.some((cell) => cell.who === who && cell.verb === verb && cell.outcome === 'got')) continue;
        const change = (name: string): string => name.replaceAll(marks[as], marks[who]);
        const grants = solution.edits.filter((edit) => !isSent(edit, solution.world));
        let world: RealtimeWorld = { ...withStranger(start), caller: callerOf(marks[who]) };
        const requests: string[] = [];
        let last: RealtimeSolution | undefined;
        for (const edit of grants) {
          last =
            edit.in === 'stored' || edit.in === 'next'
              ? this.write({ ...world, path: edit.path.map(change) }, renamed(edit.value, change))
              : undefined;
          if (!last) break;
          requests.push(requestOf(last.world));
          world = { ...world, stored: realtimeScene(last.world, this.now).next as Value };
        }
        const again = { ...solution.world, caller: callerOf(marks[who]), stored: world.stored, sent: renamed(solution.world.sent, change) };
        const [edit] = grants;
        if (!last || !edit || !('path' in edit) || decideRealtime(this.root, realtimeScene(again, this.now)).outcome !== 'allowed')
          continue;
        const column = change(edit.path.at(-1) ?? '');
        const called = column.includes(marks.owner) ? 'the id of another customer' : column.replaceAll(`uid-${marks[who]}`, 'his own id');
        const object = objectOf(last.by);
        found.push({
          kind: 'own-column',
          who,
          what: `sets ${called} to ${shown(renamed(edit.value, change))} in ${object}`,
          object,
          column,
          value: shown(edit.value),
          request: requests.join('; then '),
          ...this.cite(last.by),
          unlocks: [{ object: shownPath(this.spot.pattern), verbs: [verb] }],
        });
        break;
      }
    return found;
  }

  private write(world: RealtimeWorld, value: Value): RealtimeSolution | undefined {
    const method = storedAt(world) ? 'update' : 'create';
    return this.solve({ ...world, method, sent: value }, { limit: 5, cost: () => undefined });
  }

  object(file: string, line: (at: number) => number): RulesObject {
    const { pattern, node } = this.spot;
    const name = shownPath(pattern);
    const rules = [node.read, node.write, node.validate, node.any?.node.validate];
    const fields = [
      ...new Set([
        ...keysOfRule(rules.flatMap((rule) => rule?.condition ?? [])),
        ...node.children.keys(),
        ...(node.any?.node.children.keys() ?? []),
      ]),
    ];
    const belongs = belongsIn(pattern, this.start, [...this.worlds.values()]);
    const label = pattern.findLast((part) => !part.startsWith('$')) ?? '';
    return {
      kind: 'node',
      name,
      place: { file, line: line(node.read?.at ?? node.write?.at ?? node.at), name },
      ...(belongs && { belongs }),
      ...natureOfNames(
        'database',
        label,
        pattern.every((part) => part.startsWith('$')),
        fields,
        belongs,
      ),
      fields,
      cells: this.cells,
    };
  }
}
