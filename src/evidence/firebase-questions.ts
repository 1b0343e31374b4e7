import type { Observation, Proof } from '../core/finding.ts';
import { andList } from '../core/wording.ts';
import type { FirebaseProof, ProvedRules, RulesCell, RulesObject, RulesVerb } from './firebase-proof.ts';
import type { PersonaName } from './isolation.ts';
import type { Gap } from './source.ts';

/** Every object of every rules file. */
export const rulesObjects = (proof: FirebaseProof): { readonly rules: ProvedRules; readonly object: RulesObject }[] =>
  proof.rulesets.flatMap((rules) => rules.objects.map((object) => ({ rules, object })));

/** What one of these people managed to do to what is not his. */
export const managed = (object: RulesObject, who: readonly PersonaName[], verbs: readonly RulesVerb[]): RulesCell[] =>
  object.cells.filter((cell) => cell.outcome === 'got' && cell.variant !== 'own' && who.includes(cell.who) && verbs.includes(cell.verb));

/** What could not be told about these people. */
export const undecided = (object: RulesObject, who: readonly PersonaName[], verbs: readonly RulesVerb[]): RulesCell[] =>
  object.cells.filter(
    (cell) => cell.outcome === 'undecided' && cell.variant !== 'own' && who.includes(cell.who) && verbs.includes(cell.verb),
  );

/** Meant to be seen by whoever comes: by what it is, or by a mark of the document itself. */
export const isShown = (object: RulesObject): boolean =>
  object.nature === 'content' || object.nature === 'listing' || object.publishedBy !== undefined;

/** Rows of persons, tenants and owners, and what they did. */
export const isPrivate = (object: RulesObject): boolean =>
  (object.nature === 'private' || object.nature === 'log') && object.publishedBy === undefined;

/** Only a colleague or administrator writes it, and nothing says that it is about somebody: whoever the rules let read it is meant to. */
export const isShared = (object: RulesObject): boolean => object.tiedOnly === true && object.belongs?.to === 'tenant';

/** Only who knows its name reads it, and its name is not the id of an account: a link that is handed out works like that. */
export const needsName = (object: RulesObject, found: readonly RulesCell[]): boolean =>
  found.every(({ verb }) => verb === 'get') &&
  object.cells.some(({ verb, who, outcome }) => verb === 'list' && who === found[0]?.who && outcome === 'refused') &&
  !/(?:user|uid|owner|member|profile|student|parent|client|customer)\w*\}$/i.test(object.name);

/** Names of fields that visitors count up: likes, views, votes. */
const counter =
  /^(?:\w+_?)?(?:likes?|liked_?by|views?|votes?|upvotes?|downvotes?|reactions?|shares?|ratings?|stars?|claps?|plays?|downloads?|clicks?|reads?|counts?|comments_?count|updated_?at|last_?(?:active|viewed|message)\w*)$/i;
export const countsOnly = (cell: RulesCell): boolean =>
  cell.columns !== undefined && cell.columns.length > 0 && cell.columns.every((name) => counter.test(name));

const stores: Readonly<Record<ProvedRules['product'], string>> = {
  firestore: 'Firestore',
  storage: 'Cloud Storage',
  database: 'the Realtime Database',
};
const deeds: Readonly<Record<RulesVerb, string>> = { get: 'read', list: 'list', create: 'add to', update: 'change', delete: 'delete' };

/** `read, list and change /invoices/{id} in Firestore`. */
export const deedsOn = (rules: ProvedRules, object: RulesObject, cells: readonly RulesCell[]): string =>
  `${andList([...new Set(cells.map(({ verb }) => deeds[verb]))])} ${object.name} in ${stores[rules.product]}`;

/** Name and place of what an observation is about. */
export const aboutObject = (rules: ProvedRules, object: RulesObject): Pick<Observation, 'subject' | 'place'> => ({
  subject: `${rules.product} ${rules.file} ${object.name}`,
  place: object.place,
});

/** The rules that let them through, and what was asked and answered. */
export const proofOf = (cells: readonly RulesCell[]): Proof[] => {
  const rules = new Map(cells.flatMap(({ through }) => (through ? [[`${through.place.line} ${through.text}`, through] as const] : [])));
  return [
    ...[...rules.values()].slice(0, 3).map(({ place, text }): Proof => ({ kind: 'code', place, text })),
    ...cells.slice(0, 4).map(({ request, answer }): Proof => ({ kind: 'step', text: `${request}: ${answer}` })),
  ];
};

/** What could not be told about an object, as one observation. */
export function doubt(rules: ProvedRules, object: RulesObject, cells: readonly RulesCell[]): Observation {
  const [first] = cells;
  return {
    ...aboutObject(rules, object),
    outcome: 'unknown',
    severity: 'medium',
    message: `Could not tell whether others can ${deedsOn(rules, object, cells)}: ${first?.because ?? 'the rule could not be evaluated'}.`,
    toKnow: 'Try it in the Rules Playground of the Firebase console, signed in as two different users, or with the emulator.',
  };
}

/** What could not be read, and what was left out. */
export function* rulesGaps(proof: FirebaseProof): Generator<Observation> {
  for (const { why, what, place } of proof.gaps) yield gap(why, place?.file ?? what, place);
  for (const { file, cutShort } of proof.rulesets) if (cutShort !== undefined) yield gap(cutShort, file, { file });
}
const gap = (why: string, name: string, place: Gap['place']): Observation => ({
  outcome: 'unknown',
  severity: 'high',
  subject: `firebase ${name}`,
  ...(place && { place }),
  message: `Could not try all the rules in ${name}: ${why}.`,
  toKnow:
    'Run `firebase deploy --only firestore:rules,storage,database --dry-run`: it names what is wrong with the file. Mend it and run this again.',
});

/** How a document is tied to its owner in a corrected rule. */
export const tieOf = (object: RulesObject): string =>
  object.belongs?.to === 'user'
    ? object.belongs.path[0]?.startsWith('{')
      ? `request.auth.uid == ${object.belongs.path[0].slice(1, -1)}`
      : `request.auth.uid == resource.data.${object.belongs.path[0] ?? 'ownerId'}`
    : 'request.auth.uid == resource.data.ownerId';
