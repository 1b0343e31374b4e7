import type { ProvedRules, RulesEscalation, RulesObject } from '../../../evidence/firebase-proof.ts';
import type { Person } from '../../../evidence/isolation.ts';
import type { Allow, Ruleset } from '../language/syntax.ts';
import { text, type Value } from '../evaluate/value.ts';
import { type Cite, type Tries, tryAll } from './attempts.ts';
import { madeUp } from './edits.ts';
import { escalations } from './escalate.ts';
import { marks, ownedAt } from './owner.ts';
import { type Spot, spotsOf } from './places.ts';
import { belongingOf, fieldsIn, natureAt } from './shape.ts';

/** What the code says about the fields of a collection. */
export interface KnownFields {
  /** By the name of the collection. */
  readonly collections: ReadonlyMap<string, readonly string[]>;
}

/** Lets people try every path of a ruleset. `outOfTime` ends the work early. */
export function proveRules(ruleset: Ruleset, known: KnownFields, now: number, outOfTime: () => boolean): ProvedRules {
  const { spots, left } = spotsOf(ruleset);
  const owners = new Map<Allow, string>(spots.flatMap((spot) => spot.allows.map((allow) => [allow, spot.name] as const)));
  const cite: Cite = (allow) => ({
    place: { file: ruleset.file, line: ruleset.line(allow.at), name: owners.get(allow) ?? '' },
    text: `allow ${allow.verbs.join(', ')}: if ${allow.text.slice(0, 300)}`,
  });
  const objects: RulesObject[] = [];
  const found: RulesEscalation[] = [];
  let done = 0;
  for (const spot of spots) {
    if (outOfTime()) break;
    done += 1;
    const { object, tries } = proveSpot(ruleset, spot, known, now, cite);
    objects.push(object);
    for (const escalation of escalations(ruleset, tries, (allow) => owners.get(allow) ?? '', now, cite))
      found.push({ ...escalation, unlocks: escalation.unlocks.map(({ verbs }) => ({ object: spot.name, verbs })) });
  }
  const undone = spots.length - done + left;
  return {
    product: ruleset.product,
    file: ruleset.file,
    people: people(),
    objects,
    escalations: merged(found),
    ...(undone > 0 && { cutShort: `${undone} paths of the rules were not tried: there are too many, or they take too long` }),
  };
}

function proveSpot(ruleset: Ruleset, spot: Spot, known: KnownFields, now: number, cite: Cite): { object: RulesObject; tries: Tries } {
  const label = spot.pattern.findLast((segment) => segment.is === 'text')?.text ?? '';
  const written = [...new Set([...(known.collections.get(label) ?? []), ...fieldsIn(ruleset, spot)])];
  const owned = ownedAt(
    ruleset,
    spot,
    {
      fields: (mark) => ({ is: 'map', fields: new Map(written.slice(0, 14).map((name): [string, Value] => [name, valueFor(name, mark)])) }),
    },
    now,
  );
  const tries = tryAll(ruleset, spot, owned, now, cite);
  const fields = [...new Set([...written, ...(owned.creates?.world.sent.fields.keys() ?? [])])].filter((name) => name !== 'note');
  const belongs = belongingOf(spot, owned);
  return {
    tries,
    object: {
      kind: ruleset.product === 'storage' ? 'folder' : 'collection',
      name: spot.name,
      place: { file: ruleset.file, line: ruleset.line(spot.at), name: spot.name },
      ...(belongs && { belongs }),
      ...natureAt(ruleset.product, spot, fields, belongs),
      fields,
      ...(owned.publishedBy !== undefined && { publishedBy: owned.publishedBy }),
      cells: tries.cells,
    },
  };
}

const valueFor = (name: string, mark: string): Value =>
  /^(?:user|owner|client|customer|author|creator)_?(?:id|uid)$|^uid$|^createdBy$/i.test(name) ? text(`uid-${mark}`) : madeUp(name, mark);

/** The same way to power found from several places opens all of them. */
function merged(found: readonly RulesEscalation[]): RulesEscalation[] {
  const all = new Map<string, RulesEscalation>();
  for (const one of found) {
    const key = one.what;
    const before = all.get(key);
    all.set(key, before ? { ...before, unlocks: [...before.unlocks, ...one.unlocks] } : one);
  }
  return [...all.values()];
}

export const people = (): Person[] => [
  { name: 'anon', holds: ['is not signed in'] },
  { name: 'newcomer', holds: [`has an account (uid-${marks.newcomer}) and no documents`] },
  { name: 'stranger', holds: [`has an account (uid-${marks.stranger}) and the same documents as the owner, of his own`] },
  { name: 'peer', holds: [`is let in by documents about him (uid-${marks.peer}) that give no power`] },
  { name: 'owner', holds: [`has the document (uid-${marks.owner})`] },
  { name: 'admin', holds: [`holds the roles, claims and documents that the rules ask for (uid-${marks.admin})`] },
];
