import { execFile, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPace } from '../../src/collect/http/pace.ts';
import { type Lab, missing, port, startLab } from './lab.ts';
import { verdicts } from './verdicts.ts';
import { zones } from './zones.ts';

const reason =
  missing ||
  (spawnSync('sh', ['-c', 'command -v zonemaster-cli']).status === 0
    ? ''
    : 'zonemaster-cli is not installed (apt-get install zonemaster-cli)') ||
  (port === 53 ? '' : 'zonemaster-cli asks port 53 alone, which takes root here');
if (reason) process.stderr.write(`skipped, our verdicts beside those of zonemaster-cli: ${reason}\n`);

/** What both judge, by the tags that Zonemaster has for it. That a lab has private addresses, no IPv6 and no mail is not of it. */
const topics: Readonly<Record<string, { readonly checks: RegExp; readonly tags: RegExp }>> = {
  served: {
    checks: /name-server-broken/,
    tags: /^(NS_FAILED|NS_ERROR|IS_NOT_AUTHORITATIVE|CN0[12]_(NO_RESPONSE|UNEXPECTED_RCODE).*|CAN_NOT_BE_RESOLVED|CANNOT_CONTINUE|NO_GLUE_PREVENTS_NAMESERVER_TESTS)$/,
  },
  named: { checks: /name-servers-differ/, tags: /^(EXTRA_NAME_(CHILD|PARENT)|TOTAL_NAME_MISMATCH)$/ },
  glue: { checks: /glue-wrong/, tags: /^(IN_BAILIWICK_ADDR_MISMATCH|EXTRA_ADDRESS_CHILD|CHILD_ZONE_LAME)$/ },
  agreed: { checks: /zone-out-of-step/, tags: /^MULTIPLE_SOA_SERIALS$/ },
  networks: { checks: /name-servers-alike/, tags: /^(NOT_ENOUGH_(IPV4_)?NS_(CHILD|DEL)|CN04_IPV4_SINGLE_PREFIX|IPV4_ONE_ASN)$/ },
  soa: {
    checks: /soa-values/,
    tags: /^(SOA_DEFAULT_TTL_MAXIMUM_VALUE_HIGHER|EXPIRE_LOWER_THAN_REFRESH|RETRY_MINIMUM_VALUE_LOWER|REFRESH_LOWER_THAN_RETRY)$/,
  },
  signed: {
    checks: /dnssec-broken/,
    tags: /^(DS02_NO_VALID_DNSKEY_FOR_ANY_DS|DS_BUT_NOT_DNSKEY|DS11_DS_BUT_UNSIGNED_ZONE|DS02_RRSIG_NOT_VALID_BY_ANY_DNSKEY|DS08_RRSIG_.*|RRSIG_EXPIRED)$/,
  },
  linked: { checks: /dnssec-unlinked/, tags: /^DNSKEY_BUT_NOT_DS$/ },
};

/** Where we say something else, and why. */
const explained: Readonly<Record<string, string>> = {
  'gone.test networks': 'one server is named, and it is dead: Zonemaster stops at that, we count it as well',
  'differ.test networks': 'Zonemaster counts the servers that the zone above names; we count all that are named, since resolvers ask all',
  'apart.test agreed': 'Zonemaster asks for the zone alone, not for the hosts in it',
  'halfway.test agreed': 'Zonemaster asks for the zone alone, not for the hosts in it',
  'onenet.test networks': 'Zonemaster asks a service in the internet for networks, which a lab has not',
};

const tagsOf = (lab: Lab, zone: string): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const args = ['--hints', lab.hints, '--no-ipv6', '--json', '--level', 'NOTICE', zone];
    execFile('zonemaster-cli', args, { maxBuffer: 16 * 2 ** 20 }, (error, stdout) => {
      if (stdout === '') reject(error ?? new Error('it said nothing'));
      else {
        const read = JSON.parse(stdout) as { results?: { tag: string }[] } | { tag: string }[];
        resolve((Array.isArray(read) ? read : (read.results ?? [])).map(({ tag }) => tag));
      }
    });
  });

describe.skipIf(reason)('our verdicts beside those of zonemaster-cli, of the same zones', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab(zones);
  });
  afterAll(() => lab?.stop());

  it('are the same, but for what is explained', { timeout: 180_000 }, async () => {
    const pace = createPace(3, 0);
    const apart = await Promise.all(
      Object.keys(zones).map(async (zone) => {
        const [tags, told] = await Promise.all([pace.run('zonemaster', () => tagsOf(lab, zone)), verdicts(zone)]);
        return Object.entries(topics).flatMap(([topic, { checks, tags: theirs }]) =>
          told.some((one) => one.includes(' fail ') && checks.test(one)) === tags.some((tag) => theirs.test(tag))
            ? []
            : [`${zone} ${topic}`],
        );
      }),
    );
    expect(apart.flat().toSorted()).toEqual(Object.keys(explained).toSorted());
  });
});
