import type { FirebaseProof, ProvedRules, RulesCell, RulesEscalation, RulesObject } from './firebase-proof.ts';

const place = { file: 'firestore.rules', line: 12, name: '/invoices/{invoiceId}' };

/** A cell for the examples of checks. */
export const rulesCell = (
  who: RulesCell['who'],
  verb: RulesCell['verb'],
  outcome: RulesCell['outcome'],
  more: Partial<RulesCell> = {},
): RulesCell => ({
  verb,
  who,
  outcome,
  request: `${verb} /invoices/invoice-ann7f as uid-ben3c`,
  answer: outcome === 'got' ? 'The document came back: {ownerId: "uid-ann7f"}.' : 'Permission denied.',
  ...(outcome === 'got' && { through: { place, text: 'allow read: if request.auth != null' } }),
  ...more,
});

const verbs = ['get', 'list', 'create', 'update', 'delete'] as const;
/** Cells of somebody whom every request is refused. */
export const refusedAll = (who: RulesCell['who']): RulesCell[] => verbs.map((verb) => rulesCell(who, verb, 'refused'));

/** A collection of invoices that only their owner reaches; `cells` come in the place of those that say the same of the same person. */
export const rulesObject = (cells: readonly RulesCell[] = [], more: Partial<RulesObject> = {}): RulesObject => ({
  kind: 'collection',
  name: '/invoices/{invoiceId}',
  place,
  belongs: { to: 'user', path: ['ownerId'], told: 'rules' },
  nature: 'private',
  natureWhy: 'the rules tie it to its owner by ownerId',
  holds: [],
  fields: ['ownerId', 'amount'],
  cells: [
    ...verbs.map((verb) => rulesCell('owner', verb, 'got')),
    ...(['anon', 'newcomer', 'stranger'] as const)
      .flatMap(refusedAll)
      .filter(({ who, verb }) => !cells.some((cell) => cell.who === who && cell.verb === verb)),
    ...cells,
  ],
  ...more,
});

/** A proof with these objects and ways to power. */
export const rulesProof = (
  objects: readonly RulesObject[],
  escalations: readonly RulesEscalation[] = [],
  more: Partial<ProvedRules> = {},
): FirebaseProof => ({
  rulesets: [{ product: 'firestore', file: 'firestore.rules', people: [], objects, escalations, ...more }],
  gaps: [],
});
