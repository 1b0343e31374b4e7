import { describe, expect, it } from 'vitest';
import { nameServerBroken } from '../../../checks/edge/name-server-broken.ts';
import { deadSample, lookSample, zoneSample } from '../../../evidence/zone-samples.ts';
import { openDns } from '../client.ts';
import { startDns } from '../fixture.ts';
import { asksAgain, heardByIPv6, speaksIPv6 } from './server.ts';

const address = (family: 'IPv4' | 'IPv6', text: string, internal = false) => ({
  eth0: [{ address: text, family, internal, netmask: '', mac: '', cidr: null, ...(family === 'IPv6' && { scopeid: 0 }) } as never],
});

describe('IPv6 of this machine', () => {
  it.each([
    ['2001:db8::7', true],
    ['fd00::2', false],
    ['fe80::1', false],
  ])('with the address %s: %s', (text, expected) => {
    expect(speaksIPv6(address('IPv6', text))).toBe(expected);
  });

  it('is not there without one', () => {
    expect(speaksIPv6({ ...address('IPv4', '192.0.2.7'), lo: address('IPv6', '::1', true).eth0 })).toBe(false);
  });
});

describe('a server that is asked again', () => {
  async function again(answers: readonly (string | undefined)[]): Promise<boolean> {
    let nth = 0;
    const fixture = await startDns((name) => {
      const data = answers[nth++ % answers.length];
      return data === undefined ? { rcode: 'SERVFAIL' } : { answers: [{ type: 'A', name, data }], flags: 0x0400 };
    });
    const dns = openDns({ waitMs: 200, tries: 1 });
    const before = { name: 'app.example.com', type: 'A', is: 'records', records: ['A 192.0.2.7'] } as const;
    try {
      return (await asksAgain({ dns, port: fixture.server.port }, 'example.com', fixture.server.address, before)).rotates === true;
    } finally {
      await fixture.stop();
    }
  }

  it('picks its answers by chance where one of three is another one', async () => {
    expect(await again(['192.0.2.7', '192.0.2.7', '198.51.100.7'])).toBe(true);
  });

  it('does not where it says the same, or fails meanwhile', async () => {
    expect(await again(['192.0.2.7'])).toBe(false);
    expect(await again([undefined])).toBe(false);
  });
});

describe('name servers that are silent by IPv6', () => {
  const silent = { ...deadSample('silent', 'no answer in 2000 ms'), address: '2001:db8::53' };
  const { servers } = zoneSample();
  const dual = servers.map((one) => ({ ...one, looks: [...one.looks, silent] }));
  const told = async (given: typeof dual, reaches: boolean): Promise<string[]> => {
    const zone = { ...zoneSample(), servers: await heardByIPv6(given, () => Promise.resolve(reaches)) };
    return [...nameServerBroken.evaluate({ zone })].map(({ outcome }) => outcome);
  };

  it('are not broken where nothing at all answers by IPv6', async () => {
    expect(await told(dual, false)).toEqual(['pass', 'pass']);
  });

  it('are where others answer', async () => {
    expect(await told(dual, true)).toEqual(['fail', 'fail']);
    const [first, second] = dual;
    const answering = { ...first!, looks: [...servers[0]!.looks, lookSample({ address: '2001:db8::54' })] };
    expect(await told([answering, second!], false)).toEqual(['pass', 'fail']);
  });
});
