import type { Recognised } from './probe.ts';

const maxNames = 60;
const isPage = (text: string): boolean => /^(\ufeff|\xef\xbb\xbf|\s)*<(!doctype|html|head|body|\?xml|script|!--)/i.test(text);
const count = (amount: number, one: string): string => `${amount} ${one}${amount === 1 ? '' : 's'}`;

/** `NAME=value` lines and little else. */
export function envFile(text: string): Recognised | undefined {
  if (isPage(text)) return undefined;
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  const names = lines.flatMap((line) => /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]{1,80})\s*=/.exec(line)?.[1] ?? []);
  // Values may run over several lines (keys in PEM form), so not every line has to be an assignment.
  if (names.length === 0 || names.length * 2 < lines.length || !names.some((name) => name === name.toUpperCase())) return undefined;
  return { what: `an environment file with ${count(names.length, 'variable')}`, names: names.slice(0, maxNames) };
}

export const gitHead = (text: string): Recognised | undefined =>
  /^(ref: refs\/[\w./-]{1,200}|[0-9a-f]{40}([0-9a-f]{24})?)\s*$/.test(text)
    ? { what: 'the git folder, and with it the whole source code and its history' }
    : undefined;

export const gitConfig = (text: string): Recognised | undefined =>
  /^\s*\[core\]/m.test(text) && /repositoryformatversion\s*=/.test(text)
    ? { what: 'the git configuration, and with it the address of the repository' }
    : undefined;

/** Begins with these bytes. */
export const magic =
  (bytes: string, what: string) =>
  (text: string): Recognised | undefined =>
    text.startsWith(bytes) ? { what } : undefined;

export const sqlDump = (text: string): Recognised | undefined => {
  if (isPage(text)) return undefined;
  const tables = [...text.matchAll(/^\s*(?:CREATE TABLE|INSERT INTO|COPY)\s+(?:IF NOT EXISTS\s+)?["'`]?([\w.]{1,80})/gim)].map(
    ([, name = '']) => name,
  );
  const header = /^-- (?:PostgreSQL database dump|MySQL dump|MariaDB dump|Dumped)|^PRAGMA foreign_keys/m.test(text);
  return tables.length > 1 || (header && tables.length > 0)
    ? { what: 'a dump of the database', names: [...new Set(tables)].slice(0, maxNames) }
    : undefined;
};

const objectOf = (text: string): Record<string, unknown> | undefined => {
  if (!/^(\xef\xbb\xbf|\s)*\{/.test(text)) return undefined;
  try {
    const json: unknown = JSON.parse(
      Buffer.from(text, 'latin1')
        .toString('utf8')
        .replace(/^\ufeff/, ''),
    );
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

export const jsonConfig = (text: string): Recognised | undefined => (objectOf(text) ? { what: 'a configuration file' } : undefined);

export function packageJson(text: string): Recognised | undefined {
  const json = objectOf(text);
  const shaped =
    json !== undefined &&
    typeof json['scripts'] === 'object' &&
    (typeof json['dependencies'] === 'object' || typeof json['devDependencies'] === 'object');
  return shaped ? { what: 'the project’s own package.json: the server hands out the folder it runs in' } : undefined;
}

export const composeFile = (text: string): Recognised | undefined =>
  !isPage(text) && /^services:\s*$/m.test(text) && /^\s+(image|build|environment|ports):/m.test(text)
    ? { what: 'the Docker Compose file' }
    : undefined;

/** Source code of a server: it names server packages or reads the environment. */
export const serverCode = (text: string): Recognised | undefined =>
  !isPage(text) &&
  /(?:require\(|from\s*)["'](?:express|fastify|koa|hono|node:http|http|mongoose|pg|dotenv|@nestjs\/core)(?:\/[\w./-]*)?["']|process\.env\.(?!NODE_ENV)[A-Z]/.test(
    text,
  )
    ? { what: 'the source code of the server' }
    : undefined;

/** A debug answer: environment variables of the server, by name. */
export function environmentDump(text: string): Recognised | undefined {
  const json = objectOf(text);
  if (!json) return undefined;
  const names = new Set<string>();
  const walk = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 3) return;
    for (const [key, item] of Object.entries(value).slice(0, 500)) {
      if (/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(key) && key.length > 2) names.add(key);
      walk(item, depth + 1);
    }
  };
  walk(json, 0);
  const telling = [...names].filter((name) =>
    /^(NODE_ENV|NODE_VERSION|PATH|HOME|HOSTNAME|PWD|PORT|LANG)$|_(URL|KEY|SECRET|TOKEN|PASSWORD|DSN|ENV|HOST)$/.test(name),
  );
  return telling.length >= 2
    ? { what: `environment variables of the server (${telling.slice(0, 4).join(', ')} …)`, names: [...names].slice(0, maxNames) }
    : undefined;
}

export function actuator(text: string): Recognised | undefined {
  const json = objectOf(text);
  if (!json) return undefined;
  if (Array.isArray(json['propertySources']) && 'activeProfiles' in json) return { what: 'the settings of the server (Spring Actuator)' };
  const links = json['_links'];
  const names = typeof links === 'object' && links !== null ? Object.keys(links) : [];
  return names.includes('self') && JSON.stringify(links).includes('/actuator') && names.length > 3
    ? { what: 'the management pages of the server (Spring Actuator)', names: names.slice(0, maxNames) }
    : undefined;
}

export const phpInfo = (text: string): Recognised | undefined =>
  /<title>(PHP [\d.]+\S* - )?phpinfo\(\)<\/title>/i.test(text)
    ? { what: 'phpinfo(): settings and environment variables of the server' }
    : undefined;

export const serverStatus = (text: string): Recognised | undefined =>
  /<title>Apache Status<\/title>/i.test(text) && /Apache Server Status for/i.test(text)
    ? { what: 'the Apache status page: every address that visitors are opening right now' }
    : undefined;

export const metrics = (text: string): Recognised | undefined =>
  !isPage(text) && /^# HELP \w+ /m.test(text) && /^# TYPE \w+ (counter|gauge|histogram|summary)/m.test(text)
    ? { what: 'the metrics of the server (Prometheus)' }
    : undefined;

/** A folder listing as Apache, nginx, Python, serve-index, `serve` and S3 write it. */
export function listing(text: string): Recognised | undefined {
  const bucket = /<ListBucketResult\b/.test(text);
  const titled = /<(title|h1)>\s*(Index of \/|Directory listing for \/|listing directory \/|Files within )/i.test(text);
  if (!bucket && !titled) return undefined;
  const names = bucket
    ? [...text.matchAll(/<Key>([^<]{1,200})<\/Key>/g)].map(([, name = '']) => name)
    : [...text.matchAll(/<a [^>]*?href="([^"?#]{1,200})"/gi)]
        .map(([, name = '']) => name)
        .filter((name) => !/^(\.{0,2}\/?|\.\/\.\.\/?|\/|https?:.*)$/.test(name));
  return names.length === 0 ? undefined : { what: `a list of ${count(names.length, 'file')}`, names: names.slice(0, maxNames) };
}

const methods = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options']);

/** An OpenAPI or Swagger document; `names` are `METHOD /path`. */
export function apiDescription(text: string): Recognised | undefined {
  const json = objectOf(text);
  if (!json || (typeof json['openapi'] !== 'string' && typeof json['swagger'] !== 'string')) return undefined;
  const paths = typeof json['paths'] === 'object' && json['paths'] !== null ? Object.entries(json['paths']) : [];
  const names = paths.flatMap(([path, item]) =>
    (typeof item === 'object' && item !== null ? Object.keys(item).filter((key) => methods.has(key)) : []).map(
      (method) => `${method.toUpperCase()} ${path}`,
    ),
  );
  return { what: `a description of the API with ${count(paths.length, 'path')}`, names: names.slice(0, maxNames) };
}

export const swaggerPage = (text: string): Recognised | undefined =>
  /<title>Swagger UI<\/title>|id="swagger-ui"/i.test(text) ? { what: 'the API documentation (Swagger UI)' } : undefined;
