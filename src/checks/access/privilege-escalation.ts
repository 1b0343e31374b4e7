import { defineCheck, type Trial } from '../../core/check.ts';
import type { Observation, Proof } from '../../core/finding.ts';
import { andList, plural } from '../../core/wording.ts';
import { powerName } from '../../evidence/access-names.ts';
import { type Escalation, isolationProof, type ProvedDatabase } from '../../evidence/isolation.ts';
import { personWords } from '../../evidence/isolation-questions.ts';
import { triedText } from '../isolation-leak.ts';
import { sampleEscalation, sampleProof } from '../../evidence/isolation-samples.ts';

const subjectOf = ({ kind, object, column = '' }: Escalation, { folder }: ProvedDatabase): string =>
  `${kind} ${folder}:${object} ${column}`.trimEnd();

/** What the audit suspects of the same way. That others failed is not known: only what worked is in the proof. */
function trialOf(escalation: Escalation, database: ProvedDatabase): Trial {
  const { kind, object, column, value } = escalation;
  const detail = kind === 'first-user' ? value : kind === 'self-insert' ? undefined : column;
  // Which table gives the first account its role is found by each in its own way.
  const about = kind === 'first-user' ? 'first account' : object;
  return { access: powerName(kind, database.folder, about, detail), outcome: 'worked', subject: subjectOf(escalation, database) };
}

const bare = (object: string): string => object.replace(/^public\./, '');

function unlocked({ unlocks }: Escalation): string {
  if (unlocks.length === 0) return ' What it unlocks in the app beyond the database is not known.';
  const names = unlocks.slice(0, 4).map(({ object }) => bare(object));
  const more = unlocks.length - names.length;
  return ` After that he reads rows of other customers that he could not read before: ${more > 0 ? `${names.join(', ')} and ${plural(more, 'more table')}` : andList(names)}.`;
}

/** Power that opened nothing in the database may open something in the app: bad, but not shown. */
const severityOf = ({ unlocks }: Escalation): 'blocker' | 'high' => (unlocks.length > 0 ? 'blocker' : 'high');

/** What was tried to close it; the app has one first user only, so there is nothing to close. */
function fixOf({ fix, kind }: Escalation): Pick<Observation, 'fix'> {
  if (kind === 'first-user')
    return {
      fix: 'Sign up yourself before anybody else can, or make the first administrator by hand and take the rule out of the function.',
    };
  return fix ? { fix: triedText(fix, 'the way is closed', kind === 'function') } : {};
}

function judge(escalation: Escalation, database: ProvedDatabase): Observation {
  const { who, what, object, kind, place, grade, unless = [] } = escalation;
  const about = {
    subject: subjectOf(escalation, database),
    severity: severityOf(escalation),
    place: { ...place, name: bare(object) },
    proof: [
      { kind: 'step', text: `as ${personWords[who]}: ${escalation.sql}` },
      ...unless.slice(0, 3).flatMap((index): Proof[] => {
        const failure = database.rebuild.failures[index];
        return failure ? [{ kind: 'code', place: failure.place, text: `${failure.sql} (${failure.reason})` }] : [];
      }),
    ] satisfies Proof[],
  };
  const text = personWords[who];
  const person = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  // "Anybody who signs up signs up with ..."
  const deed = kind === 'sign-up-metadata' || kind === 'first-user' ? `Whoever ${what}` : `${person} ${what}`;
  if (grade === 'conditional')
    return {
      ...about,
      outcome: 'unknown',
      message: `${deed}${kind === 'sign-up-metadata' ? ' gets it' : ''} in the rebuilt database, but a statement that could not be applied may stop that.`,
      toKnow: 'Run `supabase db dump --schema public -f schema.sql` (it reads only) and give it with --dump schema.sql.',
    };
  const first = kind === 'first-user' ? ' Whoever finds the empty app first owns it; afterwards it does no harm.' : unlocked(escalation);
  return {
    ...about,
    outcome: 'fail',
    message: `${deed}${kind === 'sign-up-metadata' ? ' gets it' : ''}. It was tried, and it worked.${first}`,
    ...fixOf(escalation),
  };
}

export const privilegeEscalation = defineCheck({
  id: 'access/privilege-escalation',
  severity: 'blocker',
  covers: ['MB-2', 'S1-C3', 'API3-mass-assignment', 'MT-rls-with-check', 'MT-definer-functions', 'MT-context-from-session'],
  tripwire: true,
  doc: {
    title: 'An ordinary account gives itself more power',
    why: 'Roles and memberships decide who sees what. An account that can write its own role, or add itself to an organisation, gets everything that role opens.',
    fix: 'Take the column out of what users may write (revoke update, then grant update on the other columns), set roles only in functions that check the caller, and never take a role or an organisation from the sign-up metadata.',
    effort: 'hours',
    references: [
      'https://supabase.com/docs/guides/database/postgres/column-level-security',
      'https://supabase.com/docs/guides/auth/managing-user-data',
    ],
  },
  needs: { proof: isolationProof },
  examples: {
    fails: [{ name: 'a user makes himself an administrator', given: { proof: sampleProof({ escalations: [sampleEscalation()] }) } }],
    passes: [{ name: 'nobody gains anything', given: { proof: sampleProof() } }],
    unknowns: [
      {
        name: 'a trigger that may stop it could not be made',
        given: { proof: sampleProof({ escalations: [sampleEscalation({ grade: 'conditional', unless: [0] })] }) },
      },
    ],
  },
  *evaluate({ proof }) {
    for (const database of proof.databases) {
      for (const escalation of database.escalations) yield judge(escalation, database);
      if (
        database.exposure === 'supabase' &&
        database.escalations.length === 0 &&
        database.cutShort === undefined &&
        database.objects.length > 0
      )
        yield {
          outcome: 'pass',
          subject: `power ${database.folder}`,
          message: 'No way was found by which an ordinary account gains power in the database.',
        };
    }
  },
  *trials({ proof }) {
    for (const database of proof.databases) for (const escalation of database.escalations) yield trialOf(escalation, database);
  },
});
