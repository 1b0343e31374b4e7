import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { entryOf, type Seen } from '../../collect/access/record/entry.ts';
import { type HarFile, openHarFile } from '../../collect/access/record/har-file.ts';
import { type RecordingProxy, startRecordingProxy } from '../../collect/access/record/proxy.ts';
import { stateFolder } from '../../collect/access/state.ts';
import { templateOf } from '../../collect/access/surface/template.ts';
import { isTelling } from '../../collect/access/traffic/exchange.ts';
import { exitCodes } from '../../core/gate.ts';
import { plural } from '../../core/wording.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { loadConfig } from '../config.ts';
import { reasonOf } from '../file-error.ts';
import { type Teller, teller } from '../progress.ts';
import { shellQuote } from '../shell-quote.ts';
import { parseAddress } from '../target.ts';
import { UsageError } from '../usage-error.ts';
import { version } from '../version.ts';

/**
 * `launch-ready record URL --as NAME`: stands in front of the app while somebody clicks through it as that person, and writes what its pages ask for
 * into a file for `access --recording`. Ends with Ctrl-C; the file is whole at any time.
 */
export const record: Command = async (args, { signal }) => {
  const [address] = args.operands;
  if (address === undefined) throw new UsageError('Which app?', 'Give its address: launch-ready record http://localhost:3000 --as anna.');
  const target = parseAddress(address);
  const tell = teller(process.stderr, args.on('quiet') ?? false);
  const who = personOf(args, tell);
  const port = portOf(args.text('port'));
  await checkThere(target);
  const folder = args.text('output') ?? join(stateFolder(), 'recordings', target.host.replace(/[^\w.-]/g, '-'));
  const path = join(resolve(folder), `${who}.har`);
  let visit: Visit | undefined;
  // An earlier recording is not replaced before it is known that there will be another one.
  let proxy: RecordingProxy;
  try {
    proxy = await startRecordingProxy({
      target,
      port,
      exchanged: (seen) => visit?.exchanged(seen),
      socket: () => visit?.socket(),
      failed: (why) => tell.notice(`  ${target.host} did not answer (${why})`),
    });
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw new UsageError(
      `The port ${port} cannot be used: ${isTaken ? 'something listens there already' : reasonOf(error)}.`,
      'Leave out --port, and a free one is taken.',
    );
  }
  try {
    visit = openVisit(opened(path, args.on('force') === true), path, tell);
  } catch (error) {
    await proxy.stop();
    throw error;
  }
  process.stderr.write(
    `Open ${proxy.origin}${target.pathname}${target.search} in a private window, sign in as ${who}, and click through all that ${who} can do.\n` +
      `It is ${target.origin}: what you do there happens. End with Ctrl-C.\n`,
  );
  await new Promise<void>((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
  await proxy.stop();
  process.stdout.write(`${[...(await visit.end()), ...next(target, who, path)].join('\n')}\n`);
  return exitCodes.ready;
};

/** Whose visit it is: a name that can be one of a file, and of somebody under access.people where there are any. */
function personOf(args: Arguments, tell: Teller): string {
  const who = args.text('as');
  if (who === undefined) throw new UsageError('As whom?', 'Name the person: launch-ready record http://localhost:3000 --as anna.');
  if (!/^\w[\w.-]{0,60}$/.test(who))
    throw new UsageError(`--as ${who}: a name is made of letters, digits, dots and dashes.`, 'Use the name under access.people.');
  const { access, file } = loadConfig(process.cwd(), args.text('config'), tell.notice);
  const names = (access?.people ?? []).map(({ name }) => name);
  if (names.length > 0 && !names.includes(who))
    throw new UsageError(
      `Nobody under access.people has the name ${who}.`,
      `They are called ${names.join(', ')} in ${file ?? 'the config'}.`,
    );
  return who;
}

function portOf(text: string | undefined): number {
  const port = Number(text ?? 0);
  if (text !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535))
    throw new UsageError(`--port ${text}: give a number from 1 to 65535.`);
  return port;
}

/** Milliseconds that a server may take to take a connection. */
const patience = 5_000;

/** A recording of an app that is down would be one of error pages. */
async function checkThere({ hostname, port, protocol, host }: URL): Promise<void> {
  const socket = connect(Number(port) || (protocol === 'https:' ? 443 : 80), hostname.replace(/^\[|\]$/g, ''));
  socket.setTimeout(patience, () => socket.destroy(new Error('it takes no connection')));
  try {
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  } catch (error) {
    const isDown = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
    throw new UsageError(`${host} cannot be reached: ${isDown ? 'nothing listens there' : reasonOf(error)}.`, 'Start the app first.');
  } finally {
    socket.destroy();
  }
}

function opened(path: string, replace: boolean): HarFile {
  try {
    return openHarFile(path, version, replace);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new UsageError(
      `${path} cannot be written: ${isThere ? 'there is one already' : reasonOf(error)}.`,
      isThere ? 'Replace it with --force, or name another folder with --output.' : 'Name another folder with --output.',
    );
  }
}

interface Visit {
  exchanged(seen: Seen): void;
  socket(): void;
  /** Waits until all is written; says what there is, in lines. */
  end(): Promise<string[]>;
}

function openVisit(file: HarFile, path: string, tell: Teller): Visit {
  const routes = new Set<string>();
  let requests = 0;
  let sockets = 0;
  let dropped = 0;
  // One after the other, so that they stand in the order in which they ended.
  let written = Promise.resolve();
  return {
    exchanged(seen) {
      written = written.then(async () => {
        if (file.add(await entryOf(seen))) requests += 1;
        else if ((dropped += 1) === 1) tell.notice(`${path} is full: what comes now is passed on, and no longer recorded.`);
      });
      const method = seen.request.method ?? 'GET';
      const { pathname } = seen.url;
      if (!isTelling({ method, path: pathname })) return;
      // Without ids and queries: a link that was mailed lets in whoever reads it off a screen.
      const route = `${method} ${templateOf(pathname).template}`;
      if (!routes.has(route)) tell.notice(`  ${seen.response?.statusCode ?? '---'}  ${route}`);
      routes.add(route);
    },
    socket: () => void (sockets += 1),
    async end() {
      await written;
      file.close();
      return [
        `Recorded ${plural(requests, 'request')} to ${plural(routes.size, 'route')} in ${path}`,
        ...(dropped > 0 ? [`${plural(dropped, 'request')} more did not fit in.`] : []),
        ...(sockets > 0 ? [`${plural(sockets, 'WebSocket')} passed through; what goes over them is not recorded.`] : []),
        'Only you can read it. Session cookies and typed passwords are left out; what the app showed, and tokens in that, are not: do not commit it.',
      ];
    },
  };
}

const next = ({ origin }: URL, who: string, path: string): string[] => [
  `Next, with ${who} under access.people in launch-ready.yaml:`,
  `  launch-ready access ${shellQuote(origin)} --recording ${shellQuote(`${who}=${path}`)}`,
];
