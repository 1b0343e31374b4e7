import { isPlaceholder, entropyOf } from '../placeholder.ts';
import { type Meaning, type Rule, token } from '../rule.ts';

const localHost =
  /^(?:localhost|127\.|0\.0\.0\.0|\[?::1|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|host\.docker\.internal|[a-z][a-z0-9_-]*$|.*\.(?:local|localhost|test|internal|invalid|svc|lan|docker|mongo|mongodb|redis|postgres|mysql|db|database)$|.*example\.(?:com|org|net)|.*(?:your|example|placeholder|xxxx|project[-_]?ref|my[-_]?(?:db|host)|hostname|<|\$|\{|\[))/i;

/** Well-known passwords of development containers: they guard nothing worth a finding. */
const commonPassword =
  /^(?:postgres(?:ql)?|root|admin|password|passw0rd|pass|secret|test|user|guest|mysql|redis|mongo|dev|docker|prisma|changeme|example|123\d*|pwd|pw)\d{0,4}!?$/i;

// Only a real host with a real password counts: connection strings are the most copied sample of all.
function judgeUrl(value: string): Partial<Meaning> | undefined {
  const match = /^([a-z+]{3,12}):\/\/([^\s:@/]{0,100}):(.*)@([^\s@/?]+)/i.exec(value);
  if (!match) return undefined;
  const [, scheme = '', user = '', password = '', hosts = ''] = match;
  const host = hosts.split(',', 1)[0]?.replace(/:\d*$/, '') ?? '';
  if (localHost.test(host) || commonPassword.test(password) || isPlaceholder(password) || isPlaceholder(host) || password.length < 6)
    return undefined;
  if (
    /^\W|[<>{}$|\\]/.test(password) ||
    /^(?:user(?:name)?|pass(?:word)?)$|PASSWORD|^[A-Z_]+$/.test(password) ||
    /\[|<|\$\{|%s|^(?:USER|USERNAME|DB_USER|[A-Z]+_USER(?:NAME)?)$/.test(user)
  )
    return undefined;
  const project = /^db\.([a-z]{20})\.supabase\.co$/.exec(host)?.[1] ?? /^postgres\.([a-z]{20})$/.exec(user)?.[1];
  const where = project ? `Supabase project ${project}` : `${scheme} at ${host.slice(0, 80)}`;
  return { meaning: where, opens: where };
}

// A password in a web address is common in samples, so it has to look generated.
function judgeWebUrl(value: string): Partial<Meaning> | undefined {
  const password = /^https?:\/\/[^:]*:(.*)@/.exec(value)?.[1] ?? '';
  return entropyOf(password) >= 3 && password.length >= 10 && /\d/.test(password) ? judgeUrl(value) : undefined;
}

const credentials = '[^\\s:@/"\'`<>]{0,100}:[^\\s/"\'`<>]{3,200}@[A-Za-z0-9_.:,[\\]-]{3,250}';
const url = (schemes: string): RegExp => new RegExp(`(?:${schemes})://${credentials}`);

export const databaseRules: readonly Rule[] = [
  token(
    ['postgres://', 'postgresql://', 'mysql://', 'mongodb://', 'mongodb+srv://', 'mssql://', 'sqlserver://', 'cockroachdb://'],
    url('postgres(?:ql)?|mysql|mongodb(?:\\+srv)?|mssql|sqlserver|cockroachdb'),
    {
      kind: 'database-url',
      label: 'database address with its password',
      power: 'total',
      inside: true,
      entropy: 0,
      harm: 'Whoever has it can read, change and delete everything in that database, past every rule of your app.',
      rotate:
        'Change the database password where it is hosted (Supabase: Project Settings, Database, Reset password), then put the new address on the server only.',
      judge: judgeUrl,
    },
  ),
  token(['redis://', 'rediss://', 'amqp://', 'amqps://', 'smtp://', 'smtps://', 'nats://'], url('rediss?|amqps?|smtps?|nats'), {
    kind: 'service-url',
    label: 'address of a queue, cache or mail server with its password',
    inside: true,
    entropy: 0,
    harm: 'Whoever has it can read and change what passes through that server.',
    rotate: 'Change its password where it is hosted and put the new address on the server only.',
    judge: judgeUrl,
  }),
  token(['https://', 'http://'], url('https?'), {
    kind: 'web-address-password',
    label: 'web address with a password in it',
    inside: true,
    entropy: 0,
    harm: 'Whoever has it can sign in at that address.',
    rotate: 'Change the password or token at that service.',
    judge: judgeWebUrl,
  }),
];
