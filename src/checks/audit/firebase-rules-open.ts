import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { atLeast, type Severity } from '../../core/stage.ts';
import { andList } from '../../core/wording.ts';
import { type FirebaseRule, firebaseRules } from '../../evidence/firebase.ts';

/** Things visitors are meant to see. */
const content =
  /^(?:public\w*|products?|categor\w+|menus?|stores?|shops?|posts?|articles?|news|pages?|banners?|reviews?|faqs?|listings?|plans?|pricing|courses?|lessons?|events?|jobs?|tags?|announcements?|config|settings|app_?config|versions?|countries|cities|translations|avatars?|logos?|images?|assets?|icons?|thumbnails?|covers?|profile_?(?:pictures?|images?|photos?))$/i;
/** Forms strangers are meant to send. */
const intake = /contact|lead|newsletter|subscri|feedback|wait_?list|inquir|enquir|analytics|logs?$|submission|signup|mail$/i;

/** The last collection or folder a path names; empty for one that means everything. */
const nameOf = (match: string): string => match.split('/').findLast((part) => part !== '' && !part.startsWith('{')) ?? '';

type Use = 'read' | 'create' | 'change';

function usesOf(rule: FirebaseRule): Use[] {
  return [
    ...new Set(
      rule.operations.map((operation): Use =>
        ['read', 'get', 'list'].includes(operation) ? 'read' : operation === 'create' ? 'create' : 'change',
      ),
    ),
  ];
}

function weigh(rule: FirebaseRule, use: Use): Severity | undefined {
  const name = nameOf(rule.match);
  const shown = content.test(name);
  const broad: Readonly<Record<string, Severity>> = { open: 'blocker', 'until-date': 'blocker', 'any-user': 'high', resource: 'high' };
  if (!(rule.kind in broad)) return undefined;
  if (name === '') return rule.product === 'storage' && use === 'read' ? 'high' : broad[rule.kind];
  if (use === 'create') return intake.test(name) ? undefined : rule.kind === 'open' ? 'medium' : 'low';
  if (use === 'change') return shown ? (rule.kind === 'open' ? 'high' : 'medium') : broad[rule.kind];
  if (shown) return undefined;
  if (rule.product === 'storage') return rule.kind === 'open' ? 'medium' : 'low';
  return rule.kind === 'resource' ? 'medium' : broad[rule.kind];
}

const who: Readonly<Record<string, string>> = {
  open: 'Anybody on the internet',
  'until-date': 'Anybody on the internet',
  'any-user': 'Everybody who signs up',
  resource: 'Anybody who sends the right data',
};
const words: Readonly<Record<Use, string>> = { read: 'read', create: 'add to', change: 'change and delete' };
const stores: Readonly<Record<FirebaseRule['product'], string>> = {
  firestore: 'Firestore',
  storage: 'Cloud Storage',
  database: 'the Realtime Database',
};

function judge(match: string, rules: readonly FirebaseRule[]): Observation {
  const [first] = rules as readonly [FirebaseRule, ...FirebaseRule[]];
  const about = { subject: `${first.product} ${first.place.file ?? ''} ${match}`, place: { ...first.place, name: match } };
  const holes = rules.flatMap((rule) => usesOf(rule).flatMap((use) => ({ rule, use, severity: weigh(rule, use) })));
  const open = holes.flatMap(({ rule, use, severity }) => (severity === undefined ? [] : [{ rule, use, severity }]));
  const [start] = open;
  if (!start) {
    const unclear = rules.find((rule) => rule.kind === 'other');
    if (unclear)
      return {
        ...about,
        outcome: 'unknown',
        severity: 'medium',
        message: `Could not tell who passes the rule for ${match} (${unclear.condition.slice(0, 80)}).`,
        toKnow: 'Try the rule in the playground of the Firebase console, signed in as two different users.',
      };
    return {
      ...about,
      outcome: 'pass',
      message: `The rules for ${match} in ${stores[first.product]} tie each document to its owner, or show what is meant to be seen.`,
    };
  }
  const worst = open.reduce((a, b) => (atLeast(a.severity, b.severity) ? a : b), start);
  const same = open.filter(({ rule }) => rule.kind === worst.rule.kind);
  const uses = [...new Set(same.map(({ use }) => use))];
  const until = worst.rule.kind === 'until-date' ? ` until ${worst.rule.until}` : '';
  return {
    ...about,
    outcome: 'fail',
    severity: worst.severity,
    place: { ...worst.rule.place, name: match },
    message: `${who[worst.rule.kind]} can ${andList(uses.map((use) => words[use]))} ${nameOf(match) === '' ? 'everything' : match} in ${stores[first.product]}${until}: the rule asks ${worst.rule.kind === 'any-user' ? 'only whether somebody is signed in' : 'nobody who he is'}.`,
    proof: [...new Set(same.map(({ rule }) => rule))]
      .slice(0, 4)
      .map((rule) => ({ kind: 'code', place: rule.place, text: `allow ${rule.operations.join(', ')}: if ${rule.condition}` })),
  };
}

/** Documents that decide about their owner and that he may write himself. */
function selfMade(rules: readonly FirebaseRule[]): Observation[] {
  return rules.flatMap((rule): Observation[] => {
    const name = /^\/(\w+)\/\{\w+\}$/.exec(rule.match)?.[1];
    if (name === undefined || rule.kind !== 'owner' || rule.limitsFields || !usesOf(rule).includes('change')) return [];
    const fields = [
      ...new Set(
        rules
          .filter((other) => other.product === rule.product)
          .flatMap((other) => other.trusts.filter((trust) => trust.collection === name).map((trust) => trust.field)),
      ),
    ];
    if (fields.length === 0) return [];
    return [
      {
        outcome: 'fail',
        severity: 'blocker',
        subject: `${rule.product} ${rule.place.file ?? ''} ${rule.match} self`,
        place: { ...rule.place, name: rule.match },
        message: `Users may write their own document in ${name}, and other rules take ${andList(fields)} from it: whoever changes it there passes those rules.`,
        proof: [{ kind: 'code', place: rule.place, text: `allow ${rule.operations.join(', ')}: if ${rule.condition}` }],
        fix: `Let users change harmless fields only: allow update: if request.auth.uid == uid && !request.resource.data.diff(resource.data).affectedKeys().hasAny([${fields.map((field) => `'${field}'`).join(', ')}]); and set these fields from a Cloud Function.`,
      },
    ];
  });
}

const place = { file: 'firestore.rules', line: 6 };
const sample = (change: Partial<FirebaseRule>): FirebaseRule => ({
  product: 'firestore',
  place,
  match: '/invoices/{id}',
  operations: ['read', 'write'],
  condition: 'request.auth != null',
  kind: 'any-user',
  trusts: [],
  limitsFields: false,
  ...change,
});
const given = (...rules: FirebaseRule[]) => ({ firebase: { rules, gaps: [] } });

export const firebaseRulesOpen = defineCheck({
  id: 'audit/firebase-rules-open',
  severity: 'blocker',
  covers: ['S1-F', 'S1-C3', 'NT-3', 'MB-2', 'API8-bucket-perms', 'FC-2', 'FC-7'],
  doc: {
    title: 'Firebase rules let people at data that is not theirs',
    why: 'The app talks to Firebase straight from the browser, so the rules are the only lock. A rule that asks for nothing, or only for an account, hands every customer the data of all others.',
    fix: 'Compare the caller with the document: allow read, write: if request.auth.uid == resource.data.ownerId; close everything else with allow read, write: if false.',
    effort: 'hours',
    references: ['https://firebase.google.com/docs/rules/basics'],
  },
  needs: { firebase: firebaseRules },
  examples: {
    fails: [
      { name: 'any account reads and writes', given: given(sample({})) },
      { name: 'open to everybody', given: given(sample({ match: '/{document=**}', kind: 'open', condition: 'true' })) },
      {
        name: 'test mode that runs until a date',
        given: given(
          sample({
            match: '/{document=**}',
            kind: 'until-date',
            until: '2030-01-01',
            condition: 'request.time < timestamp.date(2030, 1, 1)',
          }),
        ),
      },
      {
        name: 'users write the role that rules trust',
        given: given(
          sample({ match: '/users/{uid}', kind: 'owner', condition: 'request.auth.uid == uid' }),
          sample({ match: '/admin/{id}', kind: 'role', trusts: [{ collection: 'users', field: 'role' }] }),
        ),
      },
    ],
    passes: [
      { name: 'owners only', given: given(sample({ kind: 'owner', condition: 'request.auth.uid == resource.data.ownerId' })) },
      {
        name: 'products are there to be seen',
        given: given(sample({ match: '/products/{id}', operations: ['read'], kind: 'open', condition: 'true' })),
      },
    ],
    unknowns: [
      {
        name: 'the file could not be read',
        given: {
          firebase: { rules: [], gaps: [{ what: 'Firebase rules', why: 'a } too many', place: { file: 'firestore.rules', line: 30 } }] },
        },
      },
    ],
  },
  *evaluate({ firebase }) {
    const groups = new Map<string, FirebaseRule[]>();
    for (const rule of firebase.rules) {
      const key = `${rule.product} ${rule.place.file ?? ''} ${rule.match}`;
      groups.set(key, [...(groups.get(key) ?? []), rule]);
    }
    for (const rules of groups.values()) yield judge(rules[0]?.match ?? '/', rules);
    yield* selfMade(firebase.rules);
    for (const { what, why, place } of firebase.gaps)
      yield {
        outcome: 'unknown',
        severity: 'high',
        subject: `firebase ${place?.file ?? what}`,
        ...(place ? { place } : {}),
        message: `Could not read the rules in ${place?.file ?? what}: ${why}.`,
        toKnow:
          'Run `firebase deploy --only firestore:rules,storage --dry-run`: it names the line that is wrong. Mend it and run this again.',
      };
  },
});
