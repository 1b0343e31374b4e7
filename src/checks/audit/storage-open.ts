import { defineCheck } from '../../core/check.ts';
import type { Observation, Suspicion } from '../../core/finding.ts';
import { atLeast, type Severity } from '../../core/stage.ts';
import { andList } from '../../core/wording.ts';
import { accessName, bucketThing, fileVerbs, reachesWhatever, suspicion } from '../../evidence/access-names.ts';
import { type Bucket, databaseModel, type DatabaseModel, type Policy, type Verb } from '../../evidence/database.ts';
import { policyProof, reachesAll, subjectOf } from '../../evidence/database-questions.ts';
import { sampleBucket, sampleDatabase, samplePolicy, sampleReach } from '../../evidence/database-samples.ts';

const verbs: readonly Verb[] = ['select', 'insert', 'update', 'delete'];
/** Files that belong to somebody, by the bucket's name in the languages seen. */
const privateName =
  /client|customer|cliente|kunden|doc|invoice|contract|receipt|passport|identit|kyc|medical|patient|attachment|private|statement|payslip|payroll|\bhr\b|hr[-_]|employee|worker|signature|insurance|tax|fatura|factura|contrat|comprovante|comprobante|recibo|resume|curriculum|\bcvs?\b|evidence|form|message|chat|voice|backup|export|claim|evidenc|proof|income|swms|remittance|order|report|ticket/i;
const publicName =
  /avatar|logo|public|banner|thumbnail|icon|cover|blog|product|gallery|brand|widget|portfolio|asset|template|storefront|menu|listing|property|hero|marketing/i;

const holdsPrivate = (bucket: Bucket): boolean => privateName.test(bucket.name) && !publicName.test(bucket.name);

interface Hole {
  readonly severity: Severity;
  readonly text: string;
  readonly policies: readonly string[];
  readonly suspects: readonly Suspicion[];
}

const words: Readonly<Record<Verb, string>> = { select: 'list and read', insert: 'upload', update: 'overwrite', delete: 'delete' };

function holesOf(bucket: Bucket): Hole[] {
  const secretive = holdsPrivate(bucket);
  const holes: Hole[] = [];
  for (const who of ['anon', 'authenticated'] as const) {
    const open = verbs.filter(
      (verb) => reachesAll(bucket.access[who][verb].rows) && !(who === 'authenticated' && reachesAll(bucket.access.anon[verb].rows)),
    );
    const listed = open.flatMap((verb): { verb: Verb; severity: Severity }[] => {
      const severity = weigh(bucket, verb, who, secretive);
      return severity === undefined ? [] : [{ verb, severity }];
    });
    const [first] = listed;
    if (!first) continue;
    const subject = who === 'anon' ? 'anybody on the internet' : 'everybody with an account';
    holes.push({
      severity: listed.reduce((a, b) => (atLeast(a.severity, b.severity) ? a : b), first).severity,
      text: `${subject} can ${andList(listed.map(({ verb }) => words[verb]))} any file`,
      policies: listed.flatMap(({ verb }) => bucket.access[who][verb].policies),
      suspects: listed.map(({ verb }) =>
        suspicion(accessName(bucketThing(bucket), fileVerbs[verb], who), reachesWhatever(bucket.access[who][verb])),
      ),
    });
  }
  if (bucket.public && secretive)
    holes.push({
      severity: 'high',
      text: 'it is a public bucket, so every file opens for whoever has or guesses its address, without signing in',
      policies: [],
      suspects: [suspicion(accessName(bucketThing(bucket), 'download', 'anon'), false)],
    });
  return holes;
}

function weigh(bucket: Bucket, verb: Verb, who: 'anon' | 'authenticated', secretive: boolean): Severity | undefined {
  if (verb === 'select') {
    if (bucket.public && !secretive) return undefined;
    if (who === 'anon') return secretive ? 'blocker' : bucket.created ? 'high' : 'medium';
    return secretive ? 'high' : bucket.public || !bucket.created ? undefined : 'medium';
  }
  if (who === 'anon') return verb === 'insert' ? 'high' : 'blocker';
  if (verb === 'insert') return secretive ? 'medium' : 'low';
  return secretive ? 'high' : 'medium';
}

/** Names of policies that promise a narrower circle than they draw. */
function mismatch(policies: readonly Policy[]): string {
  const service = policies.find((policy) => /service[ _-]?role/i.test(policy.name) && policy.roles.includes('public'));
  return service
    ? ` The policy "${service.name}" has no TO clause: the service role never needed it, so all it does is open the bucket to everybody.`
    : '';
}

function judge(bucket: Bucket, database: DatabaseModel): Observation {
  const about = { subject: subjectOf('bucket', bucket), place: { ...bucket.place, name: bucket.name } };
  const holes = holesOf(bucket);
  const [first] = holes;
  if (!first)
    return { ...about, outcome: 'pass', message: `The files of bucket ${bucket.name} are open to nobody who should not reach them.` };
  const worst = holes.reduce((a, b) => (atLeast(a.severity, b.severity) ? a : b), first);
  const names = new Set(holes.flatMap((hole) => hole.policies));
  const policies = database.storagePolicies.filter((policy) => policy.database === bucket.database && names.has(policy.name));
  const deciding = policies.find((policy) => worst.policies.includes(policy.name));
  const doubtful = policies.find((policy) => policy.uncertain !== undefined)?.uncertain;
  if (doubtful !== undefined)
    return {
      ...about,
      outcome: 'unknown',
      severity: worst.severity,
      message: `Could not tell who reaches bucket ${bucket.name}: ${doubtful}.`,
      toKnow: 'Look at Storage, Policies in the Supabase dashboard.',
    };
  return {
    ...about,
    outcome: 'fail',
    severity: worst.severity,
    place: { ...(deciding?.place ?? bucket.place), name: bucket.name },
    message: `Bucket ${bucket.name}: ${andList(holes.map((hole) => hole.text))}.${mismatch(policies)}`,
    suspects: holes.flatMap(({ suspects }) => suspects),
    proof: [...policyProof(policies), { kind: 'code', place: bucket.place, text: bucket.sql }],
    fix: `${bucket.public && holdsPrivate(bucket) ? `update storage.buckets set public = false where id = '${bucket.name}';\n` : ''}${deciding ? `drop policy "${deciding.name}" on storage.objects;\n` : ''}create policy "own folder ${bucket.name}" on storage.objects for all to authenticated using (bucket_id = '${bucket.name}' and (storage.foldername(name))[1] = (select auth.uid())::text);`,
  };
}

const anyone = samplePolicy({
  name: 'Service role can delete files',
  command: 'delete',
  roles: ['public'],
  sql: `create policy "Service role can delete files" on storage.objects for delete using (bucket_id = 'contracts')`,
});

export const storageOpen = defineCheck({
  id: 'audit/storage-open',
  severity: 'high',
  covers: ['API8-bucket-perms', 'MT-files-scoped', 'S1-C3', 'MB-2', 'FC-7'],
  doc: {
    title: "Customers' files are open to people who should not have them",
    why: 'A public bucket serves every file to whoever has the address, and a storage policy without an owner lets others list, replace or delete them: contracts, receipts, identity papers.',
    fix: 'Make the bucket private, hand out signed URLs, and let each policy compare the first folder of the path with the user or his organisation.',
    effort: 'hours',
    references: ['https://supabase.com/docs/guides/storage/security/access-control'],
  },
  needs: { database: databaseModel },
  examples: {
    fails: [
      { name: 'contracts in a public bucket', given: { database: sampleDatabase({ buckets: [sampleBucket({ public: true })] }) } },
      {
        name: 'anybody deletes files',
        given: {
          database: sampleDatabase({
            storagePolicies: [anyone],
            buckets: [
              sampleBucket({
                access: {
                  anon: sampleReach({ delete: 'all' }, [anyone.name]),
                  authenticated: sampleReach({ delete: 'all' }, [anyone.name]),
                },
              }),
            ],
          }),
        },
      },
    ],
    passes: [
      { name: 'each user in his own folder', given: { database: sampleDatabase({ buckets: [sampleBucket()] }) } },
      { name: 'avatars are public', given: { database: sampleDatabase({ buckets: [sampleBucket({ name: 'avatars', public: true })] }) } },
    ],
  },
  *evaluate({ database }) {
    for (const bucket of database.buckets) yield judge(bucket, database);
  },
});
