import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { accountWriteHarm } from '../../evidence/firebase-harm.ts';
import { firebaseProof, type ProvedRules, type RulesObject } from '../../evidence/firebase-proof.ts';
import { rulesCell, rulesObject, rulesProof } from '../../evidence/firebase-proof-samples.ts';
import { aboutObject, deedsOn, doubt, managed, proofOf, rulesObjects, tieOf, undecided } from '../../evidence/firebase-questions.ts';

const writes = ['create', 'update', 'delete'] as const;
const outsiders = ['newcomer', 'stranger'] as const;

function judge(rules: ProvedRules, object: RulesObject): Observation | undefined {
  const anybody = new Set(managed(object, ['anon'], writes).map(({ verb }) => verb));
  const found = managed(object, outsiders, writes)
    .filter(({ verb }) => !anybody.has(verb))
    .flatMap((cell) => {
      const severity = accountWriteHarm(object, cell);
      return severity ? [{ cell, severity }] : [];
    });
  const cells = found.map(({ cell }) => cell);
  if (found.length > 0) {
    const [through] = cells.flatMap((cell) => (cell.through ? [cell.through] : []));
    const who = cells.some((cell) => cell.who === 'newcomer') ? 'Everybody who signs up' : 'A customer';
    return {
      ...aboutObject(rules, object),
      ...(through && { place: through.place }),
      outcome: 'fail',
      severity: found.some(({ severity }) => severity === 'blocker') ? 'blocker' : 'high',
      message: `${who} can ${deedsOn(rules, object, cells)} where it belongs to somebody else: it was tried with two accounts, and it worked.`,
      proof: proofOf(cells),
      fix: `Compare the caller with what is stored, and keep the owner as he is: allow update: if request.auth != null && ${tieOf(object)}; the same for delete.`,
    };
  }
  const open = undecided(object, outsiders, writes);
  if (open.length > 0) return doubt(rules, object, open);
  if (!object.cells.some(({ who, verb, outcome }) => who === 'stranger' && verb === 'update' && outcome !== 'undecided')) return undefined;
  return { ...aboutObject(rules, object), outcome: 'pass', message: `A stranger’s account changes nothing of others in ${object.name}.` };
}

export const firebaseStrangerWrites = defineCheck({
  id: 'access/firebase-stranger-writes',
  severity: 'blocker',
  covers: ['S2-F', 'S2-C3', 'API1-object-check', 'API3-mass-assignment'],
  doc: {
    title: 'A customer can change what belongs to another customer in Firebase',
    why: 'We evaluated the rules for two accounts that have nothing to do with each other. The second could change or delete what is the first’s, or store things in his name.',
    fix: 'Compare request.auth.uid with the owner in resource.data (what is stored), not only in request.resource.data (what is sent); when documents are made, let the owner in them be the caller.',
    effort: 'hours',
    references: ['https://firebase.google.com/docs/firestore/security/rules-conditions'],
  },
  needs: { proof: firebaseProof },
  examples: {
    fails: [
      { name: 'any account deletes', given: { proof: rulesProof([rulesObject([rulesCell('stranger', 'delete', 'got')])]) } },
      {
        name: 'documents are made in the name of another',
        given: { proof: rulesProof([rulesObject([rulesCell('stranger', 'create', 'got', { variant: 'as-victim' })])]) },
      },
    ],
    passes: [
      { name: 'only the owner writes', given: { proof: rulesProof([rulesObject()]) } },
      {
        name: 'anybody may like a post',
        given: {
          proof: rulesProof([
            rulesObject([rulesCell('stranger', 'update', 'got', { columns: ['likes'] })], { nature: 'content', name: '/posts/{id}' }),
          ]),
        },
      },
    ],
    unknowns: [
      {
        name: 'a condition that could not be evaluated',
        given: { proof: rulesProof([rulesObject([rulesCell('stranger', 'update', 'undecided', { because: 'the function now' })])]) },
      },
    ],
  },
  *evaluate({ proof }) {
    for (const { rules, object } of rulesObjects(proof)) {
      const found = judge(rules, object);
      if (found) yield found;
    }
  },
});
