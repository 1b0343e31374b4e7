import type { Probe } from './probe.ts';
import {
  actuator,
  apiDescription,
  composeFile,
  environmentDump,
  envFile,
  gitConfig,
  gitHead,
  jsonConfig,
  listing,
  magic,
  metrics,
  packageJson,
  phpInfo,
  serverCode,
  serverStatus,
  sqlDump,
  swaggerPage,
} from './recognise.ts';

const small = 64 * 1024;
const large = 512 * 1024;

const env = (path: string): Probe => ({ path, kind: 'env', bytes: small, reading: 'variables', recognise: envFile });
const archive = (path: string, bytes: string, what: string): Probe => ({
  path,
  kind: 'backup',
  bytes: 4096,
  reading: 'minified',
  recognise: magic(bytes, what),
});
const dump = (path: string): Probe => ({ path, kind: 'backup', bytes: small, reading: 'code', recognise: sqlDump });
const debug = (path: string, recognise: Probe['recognise']): Probe => ({ path, kind: 'debug', bytes: small, reading: 'code', recognise });
const folder = (path: string): Probe => ({ path, kind: 'listing', bytes: small, reading: 'minified', recognise: listing });
const api = (path: string, recognise: Probe['recognise']): Probe => ({
  path,
  kind: 'api-docs',
  bytes: large,
  reading: 'minified',
  recognise,
});
const sqlite = 'SQLite format 3\0';

/** Code of the server itself, asked for only where package.json was handed out. */
export const serverFile = (path: string): Probe => ({ path, kind: 'source', bytes: large, reading: 'code', recognise: serverCode });

export const folderOf = folder;

/** What is asked for, worst first: when the limit of requests is near, the last ones are left out. */
export const probes: readonly Probe[] = [
  env('/.env'),
  { path: '/.git/HEAD', kind: 'git', bytes: 4096, reading: 'minified', recognise: gitHead },
  env('/.env.local'),
  env('/.env.production'),
  { path: '/.git/config', kind: 'git', bytes: small, reading: 'code', recognise: gitConfig },
  { path: '/package.json', kind: 'source', bytes: small, reading: 'code', recognise: packageJson },
  debug('/api/debug', environmentDump),
  debug('/debug', environmentDump),
  debug('/api/env', environmentDump),
  dump('/backup.sql'),
  archive('/backup.zip', 'PK\u0003\u0004', 'a zip archive'),
  dump('/dump.sql'),
  archive('/database.sqlite', sqlite, 'the whole database (SQLite)'),
  archive('/database.db', sqlite, 'the whole database (SQLite)'),
  archive('/backup.tar.gz', '\u001f\u008b', 'a compressed archive'),
  env('/.env.backup'),
  { path: '/docker-compose.yml', kind: 'config', bytes: small, reading: 'variables', recognise: composeFile },
  { path: '/config.json', kind: 'config', bytes: small, reading: 'code', recognise: jsonConfig, onlyWithSecrets: true },
  debug('/actuator/env', actuator),
  debug('/actuator', actuator),
  debug('/phpinfo.php', phpInfo),
  debug('/server-status', serverStatus),
  debug('/metrics', metrics),
  folder('/uploads/'),
  folder('/backup/'),
  folder('/files/'),
  {
    path: '/.DS_Store',
    kind: 'listing',
    bytes: 4096,
    reading: 'minified',
    recognise: magic('\0\0\0\u0001Bud1', 'the names of the files on the developer’s Mac (.DS_Store)'),
  },
  api('/openapi.json', apiDescription),
  api('/swagger.json', apiDescription),
  api('/api-docs', (text) => apiDescription(text) ?? swaggerPage(text)),
];
