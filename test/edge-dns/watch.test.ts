import { afterEach, describe, expect, it } from 'vitest';
import { watch } from '../../src/cli/commands/edge-watch.ts';
import { type DnsFixture, startDns, type Zone, zoned } from '../../src/collect/dns/fixture.ts';
import { mapOf } from './judge.ts';

const started: DnsFixture[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

/** A resolver whose zone changes with each round: the last one stays. */
async function resolver(...rounds: readonly Zone[]): Promise<string> {
  let asked = 0;
  const fixture = await startDns((name, type) => {
    if (name === 'app.example.com' && type === 'A') asked += 1;
    return zoned(rounds[Math.min(Math.max(asked, 1), rounds.length) - 1]!)(name, type);
  });
  started.push(fixture);
  return `127.0.0.1:${fixture.server.port}`;
}

const at = (address: string): Zone => ({ 'app.example.com': [{ type: 'A', data: address, ttl: 60 }] });

/** Watches for some seconds, and gives what was said with the exit code. */
async function watched(
  resolvers: readonly string[],
  limit: number,
  signal = new AbortController().signal,
): Promise<{ code: number; text: string }> {
  let text = '';
  const code = await watch(mapOf('example.com', ['app'], { resolvers }), { limit, between: 0.2 }, signal, (more) => (text += more));
  return { code, text: text.replaceAll(/127\.0\.0\.1:\d+/g, 'R') };
}

describe('edge --watch', () => {
  it('ends at once where all say the same', async () => {
    const one = await resolver(at('192.0.2.7'));
    const two = await resolver(at('192.0.2.7'));
    expect(await watched([one, two], 60)).toEqual({
      code: 0,
      text: 'After 0 s\n  app.example.com: A 192.0.2.7\nAll 2 servers say the same of 1 host.\n',
    });
  });

  it('watches the domain itself where the map has no hosts', async () => {
    const one = await resolver({ 'example.com': [{ type: 'A', data: '192.0.2.7', ttl: 60 }] });
    let text = '';
    const code = await watch(
      mapOf('example.com', [], { resolvers: [one] }),
      { limit: 1, between: 0.2 },
      new AbortController().signal,
      (more) => (text += more),
    );
    expect([code, text]).toEqual([0, expect.stringContaining('example.com: A 192.0.2.7')]);
  });

  it('goes on until they do', async () => {
    const one = await resolver(at('192.0.2.7'));
    const two = await resolver(at('198.51.100.7'), at('192.0.2.7'));
    const { code, text } = await watched([one, two], 60);
    expect(code).toBe(0);
    expect(text).toContain('    A 198.51.100.7  R for up to 60 s');
    expect(text).toMatch(/After \d+ s\n {2}app\.example\.com: A 192\.0\.2\.7\nAll 2 servers/);
  });

  it('ends when the time is up, and tells a server that fails from one that agrees', async () => {
    const one = await resolver(at('192.0.2.7'));
    const dead = await resolver({ 'app.example.com': ['silent'] });
    const { code, text } = await watched([one, dead], 1);
    expect(code).toBe(1);
    expect(text).toContain('no answer in 2000 ms');
    expect(text).toContain('they do not say the same yet');
    expect((await watched([dead], 1)).code).toBe(3);
  });

  it('ends with Ctrl-C', async () => {
    const one = await resolver(at('192.0.2.7'));
    const two = await resolver(at('198.51.100.7'));
    const { code, text } = await watched([one, two], 600, AbortSignal.timeout(500));
    expect(code).toBe(1);
    expect(text).toContain('Stopped');
  });
});
