import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openDns } from '../../src/collect/dns/client.ts';

/** Programs of the Debian packages knot and unbound; where one is missing, the reason to skip. */
export const missing = ['knotd', 'keymgr', 'unbound']
  .filter((program) => spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin" command -v ${program}`]).status !== 0)
  .map((program) => `${program} is not installed (apt-get install knot unbound)`)
  .join(', ');

/** Servers below 1024 are for root alone; others use a high port, which `zonemaster-cli` cannot. */
export const port = process.getuid?.() === 0 ? 53 : 5300 + (process.pid % 500);

/** A network for each process, so that tests can run side by side. */
const network = `127.${100 + (process.pid % 100)}`;
export const addresses = {
  root: `${network}.0.1`,
  top: `${network}.0.2`,
  resolver: `${network}.0.53`,
  first: `${network}.1.1`,
  /** In the network of the first. */
  beside: `${network}.1.2`,
  second: `${network}.2.1`,
  /** Nobody listens there. */
  nobody: `${network}.9.9`,
} as const;

const algorithms = ['rsasha256', 'rsasha512', 'ecdsap256sha256', 'ecdsap384sha384', 'ed25519', 'ed448'] as const;
type Algorithm = (typeof algorithms)[number];
const usual: Algorithm = 'ecdsap256sha256';
/** Zones to sign. */
type Signs = Readonly<Record<string, Algorithm>>;

/** A zone below `test.`; each text is lines of a zone file, whose origin is the zone. */
export interface LabZone {
  /** What both servers have of it, besides SOA and NS. */
  readonly records?: string;
  /** What the second has instead; `false`: it does not know the zone. */
  readonly second?: string | false;
  readonly soa?: string;
  readonly secondSoa?: string;
  readonly ns?: readonly string[];
  /** Lines in `test.`; those of `ns` where absent, nothing where empty. */
  readonly delegation?: string;
  /** `once`: with signatures that last three seconds, and are not made again. `before`: with usual ones, made before the servers have the zone. */
  readonly signed?: boolean | 'once' | 'before';
  /** By the names that Knot has for them. */
  readonly algorithm?: (typeof algorithms)[number];
  /** What is done to the zone file that was signed before, for each server. */
  readonly change?: (text: string, server: 'first' | 'second') => string;
  /** DS record at `test.`: that of the zone's key, or one of a key that is gone. */
  readonly ds?: 'right' | 'old';
}

const usualSoa = 'ns1.hoster.test. hostmaster.hoster.test. 1 7200 3600 1209600 300';
const usualNs = ['ns1.hoster.test.', 'ns2.hoster.test.'];
const oldDs = '12345 13 2 49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD';

export interface Lab {
  readonly hints: string;
  stop(): Promise<void>;
}

/** Starts a root, `test.`, two servers of the zones, and a resolver that validates; all on this machine. */
export async function startLab(zones: Readonly<Record<string, LabZone>>): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'lab-dns-'));
  chmodSync(folder, 0o755);
  const running: { kill(): void; ended: Promise<unknown> }[] = [];
  const start = (program: string, args: readonly string[]): void => {
    const child = spawn(program, args, { env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` }, stdio: 'ignore' });
    running.push({ kill: () => child.kill(), ended: new Promise((done) => child.once('exit', done)) });
  };
  const signed = Object.entries(zones).filter(([, { signed: is }]) => is === true);

  const server = (name: string, listen: readonly string[], files: Readonly<Record<string, string>>, signs: Signs): string => {
    const home = join(folder, name);
    mkdirSync(join(home, 'zones'), { recursive: true });
    for (const [zone, text] of Object.entries(files)) writeFileSync(join(home, 'zones', `${zone}.zone`), text);
    const config = join(home, 'knot.conf');
    writeFileSync(
      config,
      [
        `server:\n  rundir: ${home}\n${listen.map((address) => `  listen: ${address}@${port}`).join('\n')}`,
        `database:\n  storage: ${home}`,
        `policy:\n${algorithms.map((one) => `  - id: ${one}\n    manual: on\n    algorithm: ${one}`).join('\n')}`,
        `template:\n  - id: default\n    storage: ${home}/zones\n    zonefile-load: difference\n    zonefile-sync: -1\n    journal-content: changes`,
        `zone:\n${Object.keys(files)
          .map(
            (zone) =>
              `  - domain: ${dotted(zone)}\n    file: ${zone}.zone${signs[zone] ? `\n    dnssec-signing: on\n    dnssec-policy: ${signs[zone]}` : ''}`,
          )
          .join('\n')}`,
      ].join('\n'),
    );
    return config;
  };
  const keymgr = (config: string, ...args: string[]): string =>
    execFileSync('keymgr', ['-c', config, ...args], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
    });
  const makeKey = (config: string, zone: string, algorithm = usual): string => {
    keymgr(config, dotted(zone), 'generate', `algorithm=${algorithm}`, 'ksk=yes', 'zsk=yes');
    return keymgr(config, dotted(zone), 'ds')
      .split('\n')
      .filter((line) => /DS \d+ \d+ 2 /.test(line))[0]!
      .replace(/^\S+ (IN )?DS /, '');
  };

  /** Signs a zone, where it is `once` for three seconds; gives what it then is, and its DS record. */
  const signedBefore = async (name: string, text: string, once: boolean): Promise<{ text: string; ds: string }> => {
    const config = server('signer', [], { [name]: text }, { [name]: usual });
    const file = join(folder, 'signer', 'zones', `${name}.zone`);
    const short = 'rrsig-lifetime: 3s\n    rrsig-refresh: 1s\n    rrsig-pre-refresh: 0\n    propagation-delay: 0\n    zone-max-ttl: 1';
    writeFileSync(
      config,
      readFileSync(config, 'utf8')
        .replaceAll('manual: on', `manual: on${once ? `\n    ${short}` : ''}`)
        .replace('zonefile-sync: -1', 'zonefile-sync: 0'),
    );
    const fingerprint = makeKey(config, name);
    const child = spawn('knotd', ['-c', config], { env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` }, stdio: 'ignore' });
    const ended = new Promise((done) => child.once('exit', done));
    for (const until = Date.now() + 10_000; !readFileSync(file, 'utf8').includes('Written') && Date.now() < until;) await wait(50);
    child.kill();
    await ended;
    return { text: readFileSync(file, 'utf8'), ds: fingerprint };
  };

  const hoster = `${head('hoster.test', usualSoa, usualNs)}ns1 A ${addresses.first}\nns2 A ${addresses.second}\nns3 A ${addresses.nobody}\nns4 A ${addresses.beside}\n`;
  const fileOf = (name: string, { records = '', soa = usualSoa, ns = usualNs }: LabZone): string => `${head(name, soa, ns)}${records}\n`;
  const first = Object.fromEntries(Object.entries(zones).map(([name, zone]) => [name, fileOf(name, zone)]));
  const second = Object.fromEntries(
    Object.entries(zones).flatMap(([name, zone]) =>
      zone.second === false
        ? []
        : [[name, fileOf(name, { ...zone, records: zone.second ?? zone.records ?? '', soa: zone.secondSoa ?? zone.soa ?? usualSoa })]],
    ),
  );
  const signs = Object.fromEntries(signed.map(([name, { algorithm = usual }]) => [name, algorithm]));
  const ds = new Map<string, string>();
  for (const [name, zone] of Object.entries(zones)) {
    if (zone.signed !== 'once' && zone.signed !== 'before') continue;
    const isOnce = zone.signed === 'once';
    const { change = (text: string) => text } = zone;
    const before = await signedBefore(name, isOnce ? fileOf(name, zone).replace('$TTL 300', '$TTL 1') : fileOf(name, zone), isOnce);
    first[name] = change(before.text, 'first');
    second[name] = change(before.text, 'second');
    ds.set(name, before.ds);
  }
  const signedAt = Date.now();
  const one = server('first', [addresses.first, addresses.beside], { ...first, 'hoster.test': hoster }, signs);
  const two = server('second', [addresses.second], { ...second, 'hoster.test': hoster }, signs);
  for (const [name, algorithm] of Object.entries(signs)) ds.set(name, makeKey(one, name, algorithm));
  if (signed.length > 0) cpSync(join(folder, 'first', 'keys'), join(folder, 'second', 'keys'), { recursive: true });

  const delegations = Object.entries(zones).map(([name, { ns = usualNs, delegation, ds: kind }]) =>
    [
      delegation ?? ns.map((target) => `${name}. NS ${target}`).join('\n'),
      kind === 'right' ? `${name}. DS ${ds.get(name)}` : kind === 'old' ? `${name}. DS ${oldDs}` : '',
    ].join('\n'),
  );
  const glue = `hoster.test. NS ns1.hoster.test.\nhoster.test. NS ns2.hoster.test.\nns1.hoster.test. A ${addresses.first}\nns2.hoster.test. A ${addresses.second}\n`;
  const top = server(
    'top',
    [addresses.top],
    {
      test: `${head('test', 'ns.nic.test. hostmaster.test. 1 7200 3600 1209600 300', ['ns.nic.test.'])}ns.nic.test. A ${addresses.top}\n${glue}${delegations.join('\n')}\n`,
    },
    { test: usual },
  );
  const topDs = makeKey(top, 'test');
  const rootText = `$TTL 300\n. SOA ns.root.test. hostmaster.test. 1 7200 3600 1209600 300\n. NS ns.root.\nns.root. A ${addresses.root}\ntest. NS ns.nic.test.\nns.nic.test. A ${addresses.top}\ntest. DS ${topDs}\n`;
  const root = server('root', [addresses.root], { root: rootText }, { root: usual });
  const anchor = makeKey(root, 'root');
  for (const config of [one, two, top, root]) start('knotd', ['-c', config]);

  const stub = (name: string, ...at: string[]): string =>
    `stub-zone:\n  name: "${name}"\n${at.map((address) => `  stub-addr: ${address}@${port}`).join('\n')}\n`;
  const unbound = join(folder, 'unbound.conf');
  writeFileSync(
    unbound,
    `server:
  directory: "${folder}"
  chroot: ""
  username: ""
  pidfile: "${join(folder, 'unbound.pid')}"
  use-syslog: no
  interface: ${addresses.resolver}@${port}
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-ip6: no
  local-zone: "test." nodefault
  trust-anchor: ". DS ${anchor}"
  harden-below-nxdomain: no
  val-sig-skew-min: 0
  val-sig-skew-max: 0
  cache-max-negative-ttl: 1
remote-control:
  control-enable: no
${stub('.', addresses.root)}${stub('test', addresses.top)}${stub('hoster.test', addresses.first)}${Object.keys(zones)
      .filter((name) => (zones[name]?.delegation ?? 'x') !== '')
      .map((name) => stub(name, addresses.first))
      .join('')}`,
  );
  start('unbound', ['-d', '-c', unbound]);
  const hints = join(folder, 'hints');
  writeFileSync(hints, `. 3600000 NS ns.root.\nns.root. 3600000 A ${addresses.root}\n`);

  const lab: Lab = {
    hints,
    async stop() {
      for (const { kill } of running) kill();
      await Promise.all(running.map(({ ended }) => ended));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await ready();
    if (Object.values(zones).some(({ signed: is }) => is === 'once')) await wait(Math.max(0, signedAt + 4_000 - Date.now()));
  } catch (error) {
    await lab.stop();
    throw error;
  }
  return lab;
}

const dotted = (zone: string): string => (zone === 'root' ? '.' : `${zone}.`);

const head = (name: string, soa: string, ns: readonly string[]): string =>
  `$ORIGIN ${name}.\n$TTL 300\n@ SOA ${soa}\n${ns.map((target) => `@ NS ${target}`).join('\n')}\n`;

/** Waits until all of them answer, the resolver with what it validated. */
async function ready(): Promise<void> {
  const until = Date.now() + 20_000;
  for (;;) {
    const dns = openDns({ servers: [{ address: addresses.resolver, port }], waitMs: 500, tries: 1 });
    const server = { address: addresses.second, port };
    const [answer, second] = await Promise.all([
      dns.ask('ns1.hoster.test', 'A'),
      dns.ask('hoster.test', 'SOA', { server, recursion: false }),
    ]);
    if (answer.is === 'records' && second.is === 'records') return;
    if (Date.now() > until) throw new Error(`the servers are not up: ${answer.is === 'failed' ? answer.text : answer.is}`);
    await wait(100);
  }
}
