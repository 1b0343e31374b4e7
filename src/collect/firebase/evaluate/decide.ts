import type { Allow, Match, RuleFunction, Ruleset, Segment } from '../language/syntax.ts';
import { Evaluation } from './expression.ts';
import type { Frame, Thunk } from './frame.ts';
import { rootOf, type Scene } from './scene.ts';
import { Exhausted, text, type Unknown, type Value } from './value.ts';

/** An `allow` that speaks about a request, with the names it sees. */
export interface Applicable {
  readonly allow: Allow;
  readonly match: Match;
  readonly frame: Frame;
}

export interface Decision {
  readonly outcome: 'allowed' | 'refused' | 'unsure';
  /** What let it through. */
  readonly by?: Allow;
  /** Why it cannot be told. */
  readonly because?: string;
  /** What each allow that speaks about it came to. */
  readonly tried: readonly { readonly allow: Allow; readonly value: Value }[];
}

const wider: Readonly<Record<string, string>> = { get: 'read', list: 'read', create: 'write', update: 'write', delete: 'write' };

/** What Firebase's rules say to a request: allowed as soon as one `allow` is true. */
export function decide(ruleset: Ruleset, scene: Scene): Decision {
  const evaluation = new Evaluation(scene);
  const speaking = spoken(ruleset, scene);
  if (typeof speaking === 'string') return { outcome: 'unsure', because: speaking, tried: [] };
  const tried: { allow: Allow; value: Value }[] = [];
  let open: Unknown | undefined;
  for (const { allow, frame } of speaking) {
    const value = allow.condition ? evaluation.condition(allow.condition, frame) : ({ is: 'bool', value: true } as const);
    tried.push({ allow, value });
    if (value.is === 'bool' && value.value) return { outcome: 'allowed', by: allow, tried };
    // What a query leaves open could be a document that is not meant for the caller, so Firebase refuses the query.
    if (value.is === 'any' && value.because !== 'query') open = value;
  }
  return open ? { outcome: 'unsure', because: open.why, tried } : { outcome: 'refused', tried };
}

const mostWays = 3000;

function spoken(ruleset: Ruleset, scene: Scene): Applicable[] | string {
  try {
    return applicable(ruleset, scene);
  } catch (error) {
    if (error instanceof Exhausted) return error.message;
    throw error;
  }
}

/** Every `allow` whose path and verb fit the request. Throws `Exhausted` where the patterns fit in too many ways. */
export function applicable(ruleset: Ruleset, scene: Scene): Applicable[] {
  // Version 1 of the rules of Storage has no lists.
  if (scene.product === 'storage' && scene.method === 'list' && ruleset.version === 1) return [];
  const outside: Frame = { names: new Map(), functions: ruleset.functions };
  const verbs = new Set([scene.method, wider[scene.method]]);
  const path = [...rootOf(scene.product), ...scene.path];
  const found: Applicable[] = [];
  let left = mostWays;
  const visit = (match: Match, outer: Frame, at: number): void => {
    for (const { end, names } of ways(match.pattern, path, at, ruleset.version)) {
      if ((left -= 1) < 0) throw new Exhausted('the patterns of the rules can lie on a path in too many ways');
      const frame: Frame = { names, functions: match.functions as ReadonlyMap<string, RuleFunction>, outer };
      if (end === path.length)
        for (const allow of match.allows) if (allow.verbs.some((verb) => verbs.has(verb))) found.push({ allow, match, frame });
      for (const inner of match.matches) visit(inner, frame, end);
    }
  };
  for (const match of ruleset.matches) visit(match, outside, 0);
  return found;
}

interface Way {
  readonly end: number;
  readonly names: ReadonlyMap<string, Thunk>;
}

/** How a pattern can lie on the path from an index on. In version 1, `{name=**}` takes one part at least, and only at the end. */
function ways(pattern: readonly Segment[], path: Scene['path'], from: number, version: 1 | 2): Way[] {
  let open: Way[] = [{ end: from, names: new Map() }];
  for (const [index, segment] of pattern.entries()) {
    const toEnd = version === 1 && index === pattern.length - 1;
    const next = open.flatMap((way) =>
      segment.is === 'rest' ? overRest(way, segment.name, path, version, toEnd) : overOne(way, segment, path),
    );
    if (next.length > mostWays) throw new Exhausted('a pattern of the rules can lie on a path in too many ways');
    open = next;
  }
  return open;
}

function overOne({ end: at, names }: Way, segment: Exclude<Segment, { is: 'rest' }>, path: Scene['path']): Way[] {
  const part = path[at];
  if (part === undefined) return [];
  // A literal cannot stand for what a query leaves open.
  if (segment.is === 'text') return part === segment.text ? [{ end: at + 1, names }] : [];
  const value = typeof part === 'string' ? text(part) : part;
  return [{ end: at + 1, names: new Map([...names, [segment.name, { value, part: at }]]) }];
}

function overRest({ end: at, names }: Way, name: string, path: Scene['path'], version: 1 | 2, toEnd: boolean): Way[] {
  const found: Way[] = [];
  const least = at + (version === 1 ? 1 : 0);
  for (let end = toEnd ? Math.max(least, path.length) : least; end <= path.length; end += 1)
    found.push({ end, names: new Map([...names, [name, { value: rest(path.slice(at, end)) }]]) });
  return found;
}

function rest(parts: Scene['path']): Value {
  const open = parts.find((part) => typeof part !== 'string');
  return open ?? { is: 'path', segments: parts as readonly string[] };
}
