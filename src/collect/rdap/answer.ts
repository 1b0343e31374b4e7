import type { Registration } from '../../evidence/registration.ts';

type Told = Pick<Registration, 'registrar' | 'status' | 'expires' | 'nameServers'>;

/** Reads a domain object of RDAP (RFC 9083 §5.3). What is not there, or is not what it has to be, is left out; `undefined` where it is no such object at all. */
export function readDomain(text: string): Told | undefined {
  const read = parsed(text);
  if (!isObject(read) || read['objectClassName'] !== 'domain') return undefined;
  const expiration = list(read['events']).find((event) => isObject(event) && event['eventAction'] === 'expiration');
  const time = isObject(expiration) ? Date.parse(String(expiration['eventDate'])) : Number.NaN;
  return {
    registrar: registrarOf(list(read['entities'])),
    status: list(read['status'])
      .filter(isText)
      .map((one) => one.toLowerCase()),
    expires: Number.isNaN(time) ? [] : [Math.floor(time / 1_000)],
    nameServers: list(read['nameservers'])
      .map((one) => (isObject(one) && isText(one['ldhName']) ? one['ldhName'].toLowerCase().replace(/\.$/, '') : ''))
      .filter((name) => name !== '')
      .toSorted(),
  };
}

/** The name on the card of whoever has the role of registrar: jCard (RFC 7095), `["vcard", [["fn", {}, "text", "Example Registrar"], ...]]`. */
function registrarOf(entities: readonly unknown[]): string {
  for (const entity of entities) {
    if (!isObject(entity) || !list(entity['roles']).includes('registrar')) continue;
    const [, fields] = list(entity['vcardArray']);
    const name = list(fields).find((field) => Array.isArray(field) && field[0] === 'fn');
    if (Array.isArray(name) && isText(name[3])) return name[3];
    if (isText(entity['handle'])) return entity['handle'];
  }
  return '';
}

/** The services of the list that IANA keeps (RFC 9224 §3): the first https address for a top-level domain. */
export function serviceIn(text: string, top: string): string | undefined {
  const read = parsed(text);
  const services = isObject(read) ? list(read['services']) : [];
  const service = services.find((one) => list(list(one)[0]).some((name) => isText(name) && name.toLowerCase() === top));
  return list(list(service)[1]).find((url): url is string => isText(url) && url.startsWith('https://'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
