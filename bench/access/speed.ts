import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Pool } from 'undici';
import { proveLive } from '../../src/collect/access/prove.ts';
import { openSender } from '../../src/collect/access/wire/sender.ts';
import { emptySession } from '../../src/collect/access/wire/session.ts';
import { table, verdict } from '../table.ts';

const targets = { share: 0.6, growth: 1.5 } as const;

/** Requests of one measurement, and how many are under way at once. */
const load = { requests: 4_000, atOnce: 4 } as const;

/** The app that answers is a process of its own: it must not share our time. */
async function withApp<T>(resources: number, work: (origin: string) => Promise<T>): Promise<T> {
  const child = fork(join(import.meta.dirname, 'many-routes.ts'), [String(resources)], { execArgv: ['--import', 'tsx'] });
  try {
    const [origin] = (await once(child, 'message')) as [string];
    return await work(origin);
  } finally {
    child.kill();
  }
}

async function perSecond(send: () => Promise<unknown>): Promise<number> {
  let left = load.requests;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: load.atOnce }, async () => {
      while (left-- > 0) await send();
    }),
  );
  return load.requests / ((performance.now() - begun) / 1_000);
}

/** Requests a second through our sender, with a session, beside a bare loop of undici; and the memory that routes cost. True when the targets are met. */
export async function benchAccessSpeed(): Promise<boolean> {
  const rounds = await withApp(1, async (origin) => {
    const pool = new Pool(origin, { connections: load.atOnce });
    const sender = openSender({ origin, requests: Infinity, userAgent: 'bench' });
    const session = emptySession();
    await session.cookies.setCookie('sid=0123456789abcdef', origin);
    const bare = async (): Promise<void> => {
      const answer = await pool.request({ method: 'GET', path: '/r0', headers: { cookie: 'sid=0123456789abcdef' } });
      await answer.body.text();
    };
    const ours = (): Promise<unknown> => sender.send({ method: 'GET', path: '/r0' }, session);
    const all: { readonly bare: number; readonly ours: number }[] = [];
    for (let round = 0; round < 4; round += 1) all.push({ bare: await perSecond(bare), ours: await perSecond(ours) });
    await pool.close();
    await sender.close();
    // The first warms up.
    return all.slice(1);
  });
  const best = { bare: Math.max(...rounds.map(({ bare }) => bare)), ours: Math.max(...rounds.map(({ ours }) => ours)) };
  const sizes = [];
  for (const resources of [25, 250]) sizes.push(await memoryOf(resources));
  console.log(
    `\n${table(
      ['routes', 'requests', 'seconds', 'memory in MB'],
      sizes.map(({ routes, requests, seconds, megabytes }) => [routes, requests, seconds.toFixed(1), megabytes.toFixed(0)]),
    )}\n`,
  );
  const [small, large] = sizes;
  const verdicts = [
    verdict(
      `requests a second through the engine, of those of a bare loop (${best.ours.toFixed(0)} of ${best.bare.toFixed(0)}, ${load.atOnce} at once)`,
      best.ours / best.bare,
      targets.share,
      'more',
    ),
    verdict(
      `memory with ${large?.routes} routes, of that with ${small?.routes}`,
      (large?.megabytes ?? NaN) / (small?.megabytes ?? NaN),
      targets.growth,
      'less',
    ),
  ];
  for (const { line } of verdicts) console.log(line);
  return verdicts.every(({ met }) => met);
}

/** A whole run on an app with four routes a resource, in this process: what is in memory at its end. */
async function memoryOf(resources: number) {
  return withApp(resources, async (origin) => {
    const sender = openSender({ origin, requests: 100_000, userAgent: 'bench' });
    const begun = performance.now();
    let most = 0;
    const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
    const live = await proveLive({ sender, routes: [], people: [], writes: true });
    clearInterval(timer);
    await sender.close();
    return { routes: live.routes.length, requests: live.requests, seconds: (performance.now() - begun) / 1_000, megabytes: most / 2 ** 20 };
  });
}
