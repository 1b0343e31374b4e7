import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { type Broken, isolationProof, type ProvedDatabase } from '../../evidence/isolation.ts';
import { sampleBroken, sampleProof } from '../../evidence/isolation-samples.ts';

const words: Readonly<Record<Broken['kind'], (name: string) => string>> = {
  recursion: (name) => `Nobody can use ${name}: its policies ask one another without end`,
  'missing-in-policy': (name) => `Nobody can use ${name}: a policy names something that is not there`,
  'sign-up': () => 'Nobody can sign up: the trigger that runs on a new account fails',
  'owner-denied': (name) => `Not even the owner reaches his rows in ${name}`,
};

function judge(broken: Broken, database: ProvedDatabase): Observation {
  const name = broken.object.replace(/^public\./, '');
  const about = {
    subject: `${broken.kind} ${database.folder}:${broken.object}`,
    place: { ...broken.place, name },
    // One recursion shows in every table whose policies lead to it.
    ...(broken.kind === 'recursion' && { cause: `${database.folder} ${/relation "([^"]+)"/.exec(broken.message)?.[1] ?? 'recursion'}` }),
    proof: [{ kind: 'step' as const, text: `${broken.sql} → ${broken.message}` }],
  };
  if (broken.grade === 'conditional')
    return {
      ...about,
      outcome: 'unknown',
      message: `${words[broken.kind](name)} in the rebuilt database; statements that could not be applied may be the reason.`,
      toKnow: 'Run `supabase db dump --schema public -f schema.sql` (it reads only) and give it with --dump schema.sql.',
    };
  return { ...about, outcome: 'fail', message: `${words[broken.kind](name)} (${broken.message}).` };
}

export const brokenAccess = defineCheck({
  id: 'access/broken-access',
  severity: 'high',
  covers: ['MB-2', 'MT-rls-enabled'],
  doc: {
    title: 'Access is broken for everybody',
    why: 'The database answers with an error where people should get their own rows or an account. In the app that is an empty page or a sign-up that fails, on day one.',
    fix: 'For a policy that asks its own table, move the question into a SECURITY DEFINER function with a fixed search_path. For a trigger, read the error and give it what the table demands.',
    effort: 'hours',
    references: ['https://supabase.com/docs/guides/database/postgres/row-level-security#use-security-definer-functions'],
  },
  needs: { proof: isolationProof },
  examples: {
    fails: [{ name: 'a policy on memberships asks memberships', given: { proof: sampleProof({ broken: [sampleBroken()] }) } }],
    passes: [{ name: 'everything answers', given: { proof: sampleProof() } }],
  },
  *evaluate({ proof }) {
    for (const database of proof.databases) {
      for (const broken of database.broken) yield judge(broken, database);
      if (database.exposure === 'supabase' && database.broken.length === 0 && database.objects.length > 0)
        yield { outcome: 'pass', subject: `broken ${database.folder}`, message: 'Signing up works, and no policy ends in an error.' };
    }
  },
});
