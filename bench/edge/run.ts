// Nothing of the example may leave this machine.
import '../../test/loopback-only.mjs';
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { domainFlaws } from '../../examples/domain/flaws.ts';
import { startDomain, type ExampleDomain } from '../../examples/domain/start.ts';
import { findBrowser } from '../../src/collect/browser/find.ts';
import { checks as allChecks } from '../../src/checks/index.ts';
import { collectors } from '../../src/collect/index.ts';
import { run } from '../../src/core/engine.ts';
import type { Run } from '../../src/core/run.ts';
import type { GivenDomains, Target } from '../../src/core/target.ts';
import { tlsHosts } from '../../src/evidence/tls.ts';
import type { BenchOptions } from '../main.ts';
import { table, verdict } from '../table.ts';
import { spfSuite } from './spf-suite.ts';

/** Milliseconds that every answer takes longer: as far as a server on another continent. */
const delayMs = 50;
/** Domains that run side by side where nothing is timed. */
const atOnce = 4;
const targets = { seconds: 15, repeated: 0, spf: 203, wrong: 0 } as const;

/** All that the stages edge and email know, but for what is read at Cloudflare. */
const checks = allChecks.filter(({ id }) => /^(?:edge|email)\/(?!cloudflare-)/.test(id));

type Parts = Pick<Target, 'domains' | 'url' | 'people' | 'root' | 'mail' | 'email' | 'browser'>;

/** What a domain with four hosts costs when every answer is late, beside testssl.sh; the flaws of the example; and the test suite of SPF. True when every target is met. */
export async function benchEdge({ rivals, match = '', list }: BenchOptions): Promise<boolean> {
  const verdicts = [...(await speed(rivals)), ...(await flaws(match, list)), ...(await spf())];
  console.log();
  for (const { line } of verdicts) console.log(line);
  return verdicts.every(({ met }) => met);
}

type Verdict = ReturnType<typeof verdict>;

async function speed(rivals: boolean): Promise<Verdict[]> {
  return withDomain(async (parts, asked) => {
    const begun = performance.now();
    const { run: told } = await judged(parts);
    const seconds = (performance.now() - begun) / 1000;
    const { questions, connections, requests } = await asked();
    const again = repeated(questions);
    console.log(
      `\n${table(
        ['a domain with four hosts', 'figure'],
        [
          ['seconds, every answer 50 ms late', seconds.toFixed(1)],
          ['questions to name servers', questions.length],
          ['of them asked again of the same server', again.length],
          ['connections by TLS', connections],
          ['requests', requests],
          ['checks with a verdict', told.checks.filter(({ counts }) => counts.pass + counts.fail > 0).length],
        ],
      )}`,
    );
    for (const one of again) console.log(`again  ${one}`);
    return [
      verdict('seconds for a domain with four hosts, every answer 50 ms late', seconds, targets.seconds, 'less', 1),
      verdict('questions asked again of the same server', again.length, targets.repeated, 'less', 0),
      ...(rivals ? await besideTestssl(parts) : []),
    ];
  });
}

/** A question that was answered already. Asking by TCP what was cut short by UDP is none; nor is what a server is asked again on purpose, to see whether it turns answers round. */
function repeated(questions: readonly string[]): string[] {
  const seen = new Map<string, number>();
  for (const one of questions) seen.set(one, (seen.get(one) ?? 0) + 1);
  return [...seen].flatMap(([one, times]) => (times > 1 ? [`${one} (${times} times)`] : []));
}

/** The TLS of one host, by our probes and by testssl.sh, one after the other in the same run. */
async function besideTestssl(parts: Parts): Promise<Verdict[]> {
  const program = ['testssl', 'testssl.sh'].find((one) => spawnSync('sh', ['-c', `command -v ${one}`]).status === 0);
  if (program === undefined) {
    console.log('\ntestssl.sh is not installed (apt-get install testssl.sh): left out');
    return [];
  }
  const domains = parts.domains!;
  const host = domains.hosts.find(({ role }) => role === 'app')!;
  const one: GivenDomains = { ...domains, hosts: [host], mail: [] };
  const needed = allChecks.filter(({ needs }) => Object.values<{ id: string }>(needs).some(({ id }) => id === tlsHosts.id));
  const begun = performance.now();
  const { run: told } = await judged({ domains: one }, needed);
  const ours = (performance.now() - begun) / 1000;
  const place = domains.connect?.[host.name] ?? '';
  const since = performance.now();
  const rival = spawnSync(
    program,
    ['--quiet', '--color', '0', '--warnings', 'off', '--ip', '127.0.0.1', '-p', '-S', `${host.name}:${place.split(':')[1]}`],
    { encoding: 'utf8', timeout: 300_000 },
  );
  const theirs = (performance.now() - since) / 1000;
  const line = (text: RegExp): string => text.exec(rival.stdout ?? '')?.[1]?.trim() ?? 'no word';
  console.log(
    `\n${table(
      ['TLS of one host', 'ours', 'testssl.sh -p -S'],
      [
        ['seconds', ours.toFixed(1), theirs.toFixed(1)],
        ['versions before 1.2', outcomeOf(told, 'edge/tls-old-version'), line(/TLS 1\.1\s+(.+)/)],
        ['names fit', outcomeOf(told, 'edge/certificate-invalid'), line(/Trust \(hostname\)\s+(.+)/)],
        ['runs out', outcomeOf(told, 'edge/certificate-expiring'), line(/Certificate Validity \(UTC\)\s+(.+)/)],
      ],
    )}`,
  );
  return [verdict('seconds for the TLS of one host, of those that testssl.sh takes', ours / theirs, 1, 'less', 2)];
}

const outcomeOf = ({ findings }: Run, id: string): string =>
  [...new Set(findings.flatMap(({ check, outcome }) => (check === id ? [outcome] : [])))].join(', ') || 'no verdict';

/** Every flaw of the example by itself, and none. */
async function flaws(match: string, list: boolean): Promise<Verdict[]> {
  const hasBrowser = findBrowser() !== undefined;
  const chosen = domainFlaws.filter(({ id, browser }) => id.includes(match) && (hasBrowser || !browser));
  if (!hasBrowser) console.log('\nNo Chromium is installed: flaws that only a browser sees are left out');
  const missed: string[] = [];
  let found = 0;
  const wrong = failed((await onDomain([])).run).map((id) => `${id} on the domain as it should be`);
  const rest = [...chosen];
  // Each domain has a port of its own.
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let flaw = rest.shift(); flaw; flaw = rest.shift()) {
        const { id, checks: expected, browser } = flaw;
        const red = failed((await onDomain([id], browser)).run);
        const silent = expected.filter((one) => !red.includes(one));
        if (silent.length === 0) found += 1;
        missed.push(...silent.map((one) => `${one} with ${id}`));
        wrong.push(...red.filter((one) => !expected.includes(one)).map((one) => `${one} with ${id}`));
        if (list) console.log(`${id}: ${red.join(', ')}`);
      }
    }),
  );
  for (const one of missed) console.log(`missed ${one}`);
  for (const one of wrong) console.log(`wrong  ${one}`);
  return [
    verdict(`flaws of the example that are found, of ${chosen.length}`, found, chosen.length, 'more', 0),
    verdict('checks that turn red without their flaw', wrong.length, targets.wrong, 'less', 0),
  ];
}

const failed = ({ findings }: Run): string[] => [...new Set(findings.flatMap(({ check, outcome }) => (outcome === 'fail' ? [check] : [])))];

async function onDomain(ids: readonly string[], browser = false) {
  const domain = await startDomain({ flaws: ids });
  try {
    return await judged({ ...domain, browser });
  } finally {
    await domain.stop();
  }
}

async function spf(): Promise<Verdict[]> {
  const file = join(import.meta.dirname, '../../../shared/suites/rfc7208-tests.yml');
  if (!existsSync(file)) {
    console.log('\nThe test suite of RFC 7208 does not lie beside the checkout (shared/suites/rfc7208-tests.yml): left out');
    return [];
  }
  const { passed, failures } = await spfSuite(file);
  for (const one of failures) console.log(`spf    ${one}`);
  return [verdict('cases of the test suite of RFC 7208 that end as they should', passed, targets.spf, 'more', 0)];
}

const judged = ({ domains, url, people, root, mail, email, browser }: Parts, of = checks) =>
  run({
    checks: of,
    collectors,
    target: {
      ...(domains && { domains }),
      ...(url && { url }),
      ...(people && { people }),
      ...(browser && { browser }),
      ...(root !== undefined && { root }),
      // Mails are sent, on loopback, where there is a mailbox to look at them in.
      ...(mail && email && { mail, email, writes: true }),
      scope: { hosts: url ? [url.host] : [], requests: 6_000, history: false },
    },
    targetArguments: '',
    version: 'bench',
  });

type Asked = ReturnType<ExampleDomain['asked']>;

async function withDomain<T>(work: (parts: Parts, asked: () => Promise<Asked>) => Promise<T>): Promise<T> {
  const child = fork(join(import.meta.dirname, 'domain.ts'), [String(delayMs)], { execArgv: ['--import', 'tsx'] });
  try {
    const { started } = await told<{ started: { domains: GivenDomains; url: string; people: Parts['people'] & object } }>(child);
    return await work({ ...started, url: new URL(started.url) }, async () => {
      const answer = told<{ asked: Asked }>(child);
      child.send('asked');
      return (await answer).asked;
    });
  } finally {
    child.disconnect();
    await once(child, 'exit');
  }
}

const told = async <T>(child: ChildProcess): Promise<T> => ((await once(child, 'message')) as [T])[0];
