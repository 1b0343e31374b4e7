import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { accountReadHarm } from '../../evidence/firebase-harm.ts';
import { firebaseProof, type ProvedRules, type RulesObject } from '../../evidence/firebase-proof.ts';
import { rulesCell, rulesObject, rulesProof } from '../../evidence/firebase-proof-samples.ts';
import { aboutObject, deedsOn, doubt, managed, proofOf, rulesObjects, tieOf, undecided } from '../../evidence/firebase-questions.ts';

const reads = ['get', 'list'] as const;
const outsiders = ['newcomer', 'stranger'] as const;
function judge(rules: ProvedRules, object: RulesObject): Observation | undefined {
  // What a visitor reads is worse, and the other check says so.
  const found = managed(object, ['anon'], reads).length > 0 ? [] : managed(object, outsiders, reads);
  const severity = accountReadHarm(object, found);
  if (severity !== undefined) {
    const [through] = found.flatMap((cell) => (cell.through ? [cell.through] : []));
    const who = found.some((cell) => cell.who === 'newcomer') ? 'Everybody who signs up' : 'A customer';
    return {
      ...aboutObject(rules, object),
      ...(through && { place: through.place }),
      outcome: 'fail',
      severity,
      message: `${who} can ${deedsOn(rules, object, found)} where it belongs to another customer: it was tried with two accounts, and the document of the other came back.`,
      proof: proofOf(found),
      fix: `Compare the caller with the document: allow read: if request.auth != null && ${tieOf(object)};`,
    };
  }
  const open = undecided(object, outsiders, reads);
  if (open.length > 0) return doubt(rules, object, open);
  if (!object.cells.some(({ who, outcome }) => who === 'stranger' && outcome !== 'undecided')) return undefined;
  const why =
    found.length === 0
      ? 'A stranger’s account does not get the documents of others'
      : `What others read is meant to be seen (${object.publishedBy ?? object.natureWhy})`;
  return { ...aboutObject(rules, object), outcome: 'pass', message: `${why}: ${object.name}.` };
}

export const firebaseStrangerReads = defineCheck({
  id: 'access/firebase-stranger-reads',
  severity: 'blocker',
  covers: ['S2-F', 'S2-C3', 'API1-object-check', 'MT-files-scoped'],
  doc: {
    title: 'A customer can read what belongs to another customer in Firebase',
    why: 'We evaluated the rules for two accounts that have nothing to do with each other. The second got the documents of the first: so will your customers, with a few lines typed into the browser’s console.',
    fix: 'Let each rule compare request.auth.uid with the owner that the document or its path names, and let every query ask for own documents.',
    effort: 'hours',
    references: ['https://firebase.google.com/docs/rules/rules-and-auth'],
  },
  needs: { proof: firebaseProof },
  examples: {
    fails: [
      { name: 'any account reads every invoice', given: { proof: rulesProof([rulesObject([rulesCell('stranger', 'get', 'got')])]) } },
    ],
    passes: [
      { name: 'only the owner reads', given: { proof: rulesProof([rulesObject()]) } },
      {
        name: 'published by its own mark',
        given: { proof: rulesProof([rulesObject([rulesCell('stranger', 'get', 'got')], { publishedBy: 'published == true' })]) },
      },
    ],
    unknowns: [
      {
        name: 'not even the owner gets through',
        given: {
          proof: rulesProof([
            rulesObject([rulesCell('stranger', 'get', 'undecided', { because: 'no way was found for anybody to get through' })]),
          ]),
        },
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
