import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '../../access/app/free-port.ts';

/** A cache in front of an app, for one test. */
export interface CacheServer {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Whether a program is installed; tests that need it are skipped else, and say so. */
export const isInstalled = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program} || command -v /usr/sbin/${program}`]).status === 0;

const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/** nginx as a proxy of the app. `rules`: what stands in `location /` besides proxy_pass; `http`: what stands in front of it. */
export async function startNginx(appPort: number, rules: string, extra = ''): Promise<CacheServer> {
  const folder = mkdtempSync(join(tmpdir(), 'launch-ready-nginx-'));
  const port = await freePort();
  for (const name of ['cache', 'body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(folder, name));
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  proxy_cache_path ${folder}/cache keys_zone=c:1m;
  server {
    listen 127.0.0.1:${port};
    ${extra}
    location / { proxy_pass http://127.0.0.1:${appPort}; proxy_set_header Host $host; ${rules} }
  }
}
`.replaceAll('$app', `http://127.0.0.1:${appPort}`),
  );
  return started(
    spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
      env: { ...process.env, PATH: path },
      stdio: 'ignore',
    }),
    folder,
    port,
  );
}

/** Varnish as a proxy of the app, with these subroutines. */
export async function startVarnish(appPort: number, subroutines: string): Promise<CacheServer> {
  const folder = mkdtempSync(join(tmpdir(), 'launch-ready-varnish-'));
  const port = await freePort();
  writeFileSync(join(folder, 'default.vcl'), `vcl 4.1;\nbackend default { .host = "127.0.0.1"; .port = "${appPort}"; }\n${subroutines}\n`);
  const child = spawn(
    'varnishd',
    [
      '-F',
      '-j',
      'none',
      '-a',
      `127.0.0.1:${port}`,
      '-T',
      'none',
      '-f',
      join(folder, 'default.vcl'),
      '-n',
      join(folder, 'work'),
      '-s',
      'malloc,16m',
    ],
    { env: { ...process.env, PATH: path }, stdio: 'ignore' },
  );
  return started(child, folder, port);
}

async function started(child: ChildProcess, folder: string, port: number): Promise<CacheServer> {
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const server = {
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await Promise.race([ended, setTimeout(3_000)]);
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  for (let nth = 0; nth < 150; nth += 1) {
    if (child.exitCode !== null) break;
    if (await answers(port)) return server;
    await setTimeout(100);
  }
  await server.stop();
  throw new Error(`the cache did not begin to listen on port ${port} (exit code ${child.exitCode})`);
}

const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });
