import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import type { Severity } from '../../core/stage.ts';
import { visitorHarm } from '../../evidence/firebase-harm.ts';
import { firebaseProof, type ProvedRules, type RulesObject } from '../../evidence/firebase-proof.ts';
import { rulesCell, rulesObject, rulesProof } from '../../evidence/firebase-proof-samples.ts';
import {
  aboutObject,
  deedsOn,
  doubt,
  managed,
  proofOf,
  rulesGaps,
  rulesObjects,
  tieOf,
  undecided,
} from '../../evidence/firebase-questions.ts';

const verbs = ['get', 'list', 'create', 'update', 'delete'] as const;

const order: readonly Severity[] = ['blocker', 'high', 'medium', 'low'];

function judge(rules: ProvedRules, object: RulesObject): Observation | undefined {
  const found = managed(object, ['anon'], verbs).flatMap((cell) => {
    const severity = visitorHarm(rules, object, cell);
    return severity ? [{ cell, severity }] : [];
  });
  const severity = order.find((level) => found.some((one) => one.severity === level));
  if (severity) {
    const cells = found
      .filter((one) => order.indexOf(one.severity) <= order.indexOf('high') || severity === one.severity)
      .map(({ cell }) => cell);
    const [through] = cells.flatMap((cell) => (cell.through ? [cell.through] : []));
    return {
      ...aboutObject(rules, object),
      ...(through && { place: through.place }),
      outcome: 'fail',
      severity,
      message: `Anybody on the internet can ${deedsOn(rules, object, cells)} without signing in: it was tried, and it worked.`,
      proof: proofOf(cells),
      fix: `Ask who is calling and compare him with the document: allow read, write: if request.auth != null && ${tieOf(object)};`,
    };
  }
  const open = undecided(object, ['anon'], verbs);
  if (open.length > 0) return doubt(rules, object, open);
  if (!object.cells.some(({ who }) => who === 'anon')) return undefined;
  return {
    ...aboutObject(rules, object),
    outcome: 'pass',
    message: `Who is not signed in reaches nothing of ${object.name} that is not meant for him.`,
  };
}

export const firebaseAnonymousAccess = defineCheck({
  id: 'access/firebase-anonymous-access',
  severity: 'blocker',
  covers: ['S2-F', 'S2-C2', 'API1-object-check', 'NT-3'],
  doc: {
    title: 'Firebase rules let people without an account at private data',
    why: 'The app talks to Firebase from the browser, and its address and key are in every visitor’s browser. We evaluated the rules for somebody who is not signed in, and they gave him data of a customer, or let him change it.',
    fix: 'Ask for request.auth.uid in every rule and compare it with the owner of the document; leave `if true` only to what is public.',
    effort: 'hours',
    references: ['https://firebase.google.com/docs/rules/insecure-rules'],
  },
  needs: { proof: firebaseProof },
  examples: {
    fails: [
      { name: 'a visitor reads the invoices', given: { proof: rulesProof([rulesObject([rulesCell('anon', 'get', 'got')])]) } },
      { name: 'a visitor deletes them', given: { proof: rulesProof([rulesObject([rulesCell('anon', 'delete', 'got')])]) } },
    ],
    passes: [
      { name: 'a visitor is refused', given: { proof: rulesProof([rulesObject()]) } },
      {
        name: 'the price list is there to be read',
        given: {
          proof: rulesProof([
            rulesObject([rulesCell('anon', 'get', 'got')], { name: '/plans/{id}', nature: 'content', natureWhy: 'its name' }),
          ]),
        },
      },
    ],
    unknowns: [
      {
        name: 'a function that we do not know',
        given: { proof: rulesProof([rulesObject([rulesCell('anon', 'get', 'undecided', { because: 'the function now' })])]) },
      },
    ],
  },
  *evaluate({ proof }) {
    for (const { rules, object } of rulesObjects(proof)) {
      const found = judge(rules, object);
      if (found) yield found;
    }
    yield* rulesGaps(proof);
  },
});
