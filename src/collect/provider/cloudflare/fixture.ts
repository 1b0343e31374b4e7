import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EdgeRule, RulePhase } from '../../../evidence/cloudflare.ts';
import { wrongSetting } from './fixture-check.ts';
import { batch, checkRules, newId, Refusal, type ZoneState } from './fixture-state.ts';
import { type Level, type Permission, permissionOf, rowOf } from './permissions.ts';

/** What befalls a call: turned away with a wait, broken before or after it was carried out, or hung up on. */
export type Fault = { readonly retryAfter: number } | 'break-before' | 'break-after' | 'hang-up-before' | 'hang-up-after';

export interface Asked {
  /** From 1. */
  readonly nth: number;
  /** Among those that change something, from 1; 0 for the others. */
  readonly nthChange: number;
  readonly method: string;
  readonly path: string;
}

export interface StandInOptions {
  readonly zones: readonly ZoneState[];
  /** Rows that the token lacks, e.g. `Zone · DNS · Edit`; all of a permission without its level. */
  readonly lacks?: readonly string[];
  readonly tokenStatus?: string;
  /** The token belongs to an account, not to a person: it cannot be verified as one, and page rules are not shown to it. */
  readonly ownedByAccount?: boolean;
  /** The account has no Advanced Certificate Manager, which TLS of single hosts comes with. */
  readonly withoutCertificateManager?: boolean;
  /** Called before each call: what befalls it. May change a zone, as somebody else would. */
  on?(asked: Asked): Fault | undefined;
}

export interface StandIn {
  /** To be given as `cloudflare.base`. */
  readonly base: string;
  readonly token: string;
  readonly asked: readonly Asked[];
  stop(): Promise<void>;
}

type Reply = { readonly result: unknown; readonly info?: Readonly<Record<string, number>> } | { readonly text: string };

/** Stands in for the API of Cloudflare on this machine: keeps zones, and turns away what the real one would. */
export async function startCloudflare({
  zones,
  lacks = [],
  tokenStatus = 'active',
  ownedByAccount = false,
  withoutCertificateManager = false,
  on,
}: StandInOptions): Promise<StandIn> {
  const token = 'stand-in-token-0123456789abcdef';
  const asked: Asked[] = [];
  let changes = 0;

  const may = (permission: Permission, level: Level): void => {
    const row = rowOf(permission, level);
    if (lacks.includes(row) || lacks.includes(`Zone · ${permission}`)) throw new Refusal(403, 10_000, 'Authentication error');
  };

  function handle(method: string, url: URL, body: Record<string, unknown>): Reply {
    const [, first, id, what, ...rest] = url.pathname.replace('/client/v4', '').split('/');
    if (first === 'user' && ownedByAccount) throw new Refusal(401, 1000, 'Invalid API Token');
    if (first === 'user') return { result: { id: newId(), status: tokenStatus } };
    may('Zone', 'Read');
    if (id === undefined) return page(zones.map(entryOf), url, 50);
    const zone = zones.find((one) => one.id === id);
    if (!zone) throw new Refusal(404, 1001, 'Invalid zone identifier');
    const route = `${method} ${what ?? ''}`;
    switch (route) {
      case 'GET dns_records':
        may('DNS', 'Read');
        return rest[0] === 'export' ? { text: zoneFile(zone) } : page(zone.records, url, 5000);
      case 'POST dns_records':
        may('DNS', 'Edit');
        if (rest[0] !== 'batch') throw new Refusal(405, 10_405, 'Method not allowed');
        return { result: batch(zone, body as never) };
      case 'GET settings': {
        may('Zone Settings', 'Read');
        const setting = zone.settings[rest[0] ?? ''];
        if (!setting) throw new Refusal(404, 1003, 'Invalid or missing zone setting');
        return { result: { id: rest[0], editable: true, ...setting } };
      }
      case 'PATCH settings': {
        may('Zone Settings', 'Edit');
        const name = rest[0] ?? '';
        const wrong = wrongSetting(name, body);
        if (wrong !== undefined) throw new Refusal(400, 1007, `Invalid value for zone setting ${name}: ${wrong}`);
        zone.settings[name] = { value: body['value'], modified_on: new Date().toISOString() };
        return { result: { id: name, ...zone.settings[name] } };
      }
      case 'GET rulesets':
      case 'PUT rulesets':
      case 'DELETE rulesets':
        return rulesets(zone, method, rest, url.searchParams.get('dry_run') === 'true', body);
      case 'GET pagerules':
        may('Page Rules', 'Read');
        if (ownedByAccount) throw new Refusal(400, 1011, 'Page Rules endpoint does not support account owned tokens.');
        return { result: zone.pageRules };
      case 'GET hostnames':
        may('SSL and Certificates', 'Read');
        if (rest.join('/') !== 'settings/min_tls_version') throw new Refusal(404, 7003, `Could not route to ${url.pathname}`);
        if (withoutCertificateManager) throw new Refusal(400, 1450, 'Advanced Certificate Manager is required.');
        return { result: zone.hostTls };
      case 'GET bot_management':
        may('Bot Management', 'Read');
        return { result: zone.bots };
      case 'GET dnssec':
        may('DNS', 'Read');
        return { result: zone.dnssec };
      case 'GET ssl':
        may('SSL and Certificates', 'Read');
        return page(zone.certificates, url, 50);
      case 'POST purge_cache':
        may('Cache Purge', 'Purge');
        if (body['purge_everything'] !== true) throw new Refusal(400, 1012, 'Request must contain one of purge_everything, files, tags');
        zone.purged += 1;
        return { result: { id: zone.id } };
      default:
        throw new Refusal(404, 7003, `Could not route to ${url.pathname}, perhaps your object identifier is invalid?`);
    }
  }

  function rulesets(zone: ZoneState, method: string, rest: readonly string[], isDry: boolean, body: Record<string, unknown>): Reply {
    if (method === 'DELETE') {
      const [phase] = Object.entries(zone.rulesets).find(([, { id }]) => id === rest[0]) ?? [];
      if (phase === undefined) throw new Refusal(404, 10_001, 'could not find ruleset');
      may(permissionOf[phase as RulePhase], 'Edit');
      delete zone.rulesets[phase as RulePhase];
      return { result: null };
    }
    const phase = rest[1] as RulePhase;
    if (rest[0] !== 'phases' || permissionOf[phase] === undefined) throw new Refusal(404, 10_001, 'could not find phase');
    may(permissionOf[phase], method === 'GET' ? 'Read' : 'Edit');
    const before = zone.rulesets[phase];
    if (method === 'GET') {
      if (!before) throw new Refusal(404, 10_003, `could not find entrypoint ruleset in the "${phase}" phase`);
      return { result: { id: before.id, kind: 'zone', phase, version: '1', rules: before.rules } };
    }
    const rules = (body['rules'] ?? []) as readonly EdgeRule[];
    checkRules(zone, phase, rules);
    if (isDry) return { result: null };
    const kept = rules.map((rule) => {
      const ruleId = rule.id ?? newId();
      // Fills in what nobody said, and dates it.
      const ratelimit = rule.ratelimit && { requests_to_origin: false, ...rule.ratelimit };
      return {
        enabled: true,
        ...rule,
        id: ruleId,
        ref: rule.ref ?? ruleId,
        ...(ratelimit && { ratelimit }),
        version: '1',
        last_updated: 'now',
      };
    });
    zone.rulesets[phase] = { id: before?.id ?? newId(), rules: kept };
    return { result: { id: zone.rulesets[phase]?.id, rules: kept } };
  }

  const server = createServer((request, response) => {
    void serve(request, response);
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const method = request.method ?? 'GET';
    const isDry = url.searchParams.get('dry_run') === 'true';
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (method !== 'GET' && !isDry) changes += 1;
    const one = {
      nth: asked.length + 1,
      nthChange: method === 'GET' || isDry ? 0 : changes,
      method,
      path: url.pathname.replace('/client/v4', ''),
    };
    asked.push(one);
    const fault = on?.(one);
    const send = (status: number, value: unknown, headers: Record<string, string> = {}): void => {
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(typeof value === 'string' ? value : JSON.stringify(value));
    };
    const no = (status: number, code: number, message: string, headers = {}): void =>
      send(status, { success: false, errors: [{ code, message }], messages: [], result: null }, headers);
    if (fault === 'hang-up-before') return void request.socket.destroy();
    if (fault === 'break-before') return no(502, 0, 'Bad gateway');
    if (typeof fault === 'object') return no(429, 10_100, 'Rate limited', { 'retry-after': String(fault.retryAfter) });
    if (request.headers.authorization !== `Bearer ${token}`) return no(401, 1000, 'Invalid API Token');
    try {
      const text = Buffer.concat(chunks).toString('utf8');
      const reply = handle(method, url, text === '' ? {} : (JSON.parse(text) as Record<string, unknown>));
      if (fault === 'hang-up-after') return void request.socket.destroy();
      if (fault === 'break-after') return no(500, 0, 'Internal server error');
      if ('text' in reply) return send(200, reply.text);
      return send(200, { success: true, errors: [], messages: [], result: reply.result, ...(reply.info && { result_info: reply.info }) });
    } catch (error) {
      if (error instanceof Refusal) return no(error.status, error.code, error.message);
      return no(500, 0, String(error));
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}/client/v4`,
    token,
    asked,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const entryOf = ({ id, name, status, paused, type, plan, nameServers }: ZoneState): unknown => ({
  id,
  name,
  status,
  paused,
  type,
  name_servers: type === 'full' ? nameServers : null,
  plan: { legacy_id: plan },
});

function page(list: readonly unknown[], url: URL, most: number): Reply {
  const size = Number(url.searchParams.get('per_page') ?? 20);
  const nth = Number(url.searchParams.get('page') ?? 1);
  if (size > most || size < 1) throw new Refusal(400, 6003, `per_page must be at most ${most}`);
  const total = Math.max(1, Math.ceil(list.length / size));
  return {
    result: list.slice((nth - 1) * size, nth * size),
    info: { page: nth, per_page: size, count: list.length, total_count: list.length, total_pages: total },
  };
}

const zoneFile = ({ records }: ZoneState): string =>
  records
    .map(
      ({ name, ttl, type, priority, content }) =>
        `${name}.\t${ttl}\tIN\t${type}\t${priority === undefined ? '' : `${priority} `}${content}\n`,
    )
    .join('');
