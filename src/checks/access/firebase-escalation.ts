import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { andList } from '../../core/wording.ts';
import { firebaseProof, type ProvedRules, type RulesEscalation } from '../../evidence/firebase-proof.ts';
import { isPrivate, isShared } from '../../evidence/firebase-questions.ts';
import { rulesCell, rulesObject, rulesProof } from '../../evidence/firebase-proof-samples.ts';

function judge(rules: ProvedRules, escalation: RulesEscalation): Observation {
  const { object, column, what, place, text, request, unlocks, who } = escalation;
  const opened = [...new Set(unlocks.filter(({ verbs }) => verbs.length > 0).map(({ object: name }) => name))];
  const shown = opened.slice(0, 4);
  const rest = opened.length > shown.length ? ` and ${opened.length - shown.length} more` : '';
  // To join what everybody is shown anyway is less than to reach what somebody's is.
  const grave = rules.objects.some((other) => opened.includes(other.name) && isPrivate(other) && !isShared(other));
  return {
    outcome: 'fail',
    severity: grave ? 'blocker' : 'high',
    subject: `${rules.product} ${rules.file} ${object} ${column ?? 'self'}`,
    place: { ...place, name: object },
    message: `${who === 'newcomer' ? 'Whoever signs up' : 'A customer'} ${what}, and with that reaches ${rest === '' ? andList(shown) : shown.join(', ')}${rest} of others: it was tried, step by step.`,
    proof: [
      { kind: 'code', place, text },
      { kind: 'step', text: request },
      ...unlocks.slice(0, 3).map(({ object: name, verbs }) => ({
        kind: 'step' as const,
        text: `Then ${andList(verbs)} on ${name} of another customer was allowed; before, it was refused.`,
      })),
    ],
    fix:
      column === undefined
        ? `Let only a Cloud Function or an administrator add documents to ${object}: other rules trust them.`
        : `Let users write harmless fields only: !request.resource.data.diff(resource.data).affectedKeys().hasAny(['${column.split('.')[0]}']) on update, and no ${column} on create; set it from a Cloud Function.`,
  };
}

const sample: RulesEscalation = {
  kind: 'own-column',
  who: 'newcomer',
  what: 'sets role to "admin" in /users/{uid}',
  object: '/users/{uid}',
  column: 'role',
  value: '"admin"',
  request: 'update /users/uid-new9d as uid-new9d with {role: "admin"}',
  place: { file: 'firestore.rules', line: 9 },
  text: 'allow write: if request.auth.uid == uid',
  unlocks: [{ object: '/invoices/{invoiceId}', verbs: ['get', 'list'] }],
};

export const firebaseEscalation = defineCheck({
  id: 'access/firebase-escalation',
  severity: 'blocker',
  covers: ['S2-F', 'S2-C5', 'API3-mass-assignment', 'INVITE-same-rules'],
  doc: {
    title: 'Users can give themselves a role or a place in another organization in Firebase',
    why: 'Rules take the caller’s role or organization from a document, and the same rules let him write that document. We did it with an ordinary account, and what had been refused before was then allowed.',
    fix: 'Write roles and memberships from a Cloud Function or as an administrator only; users change harmless fields of their own document.',
    effort: 'hours',
    references: ['https://firebase.google.com/docs/firestore/security/rules-fields'],
  },
  needs: { proof: firebaseProof },
  examples: {
    fails: [{ name: 'users write the role that rules trust', given: { proof: rulesProof([rulesObject()], [sample]) } }],
    passes: [
      {
        name: 'nothing that rules trust can be written by its owner',
        given: { proof: rulesProof([rulesObject([rulesCell('admin', 'get', 'got')])]) },
      },
    ],
  },
  *evaluate({ proof }) {
    for (const rules of proof.rulesets) {
      for (const escalation of rules.escalations) yield judge(rules, escalation);
      if (
        rules.escalations.length === 0 &&
        rules.objects.some(({ cells }) => cells.some(({ who, outcome }) => (who === 'admin' || who === 'peer') && outcome === 'got'))
      )
        yield {
          outcome: 'pass',
          subject: `${rules.product} ${rules.file}`,
          place: { file: rules.file },
          message: 'Ordinary accounts could not write what the rules take roles and memberships from.',
        };
    }
  },
});
