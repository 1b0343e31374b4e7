import { dangerOf, deedIn } from '../surface/safety.ts';
import { templateOf } from '../surface/template.ts';

/** A request of a page, as far as it matters whether it may be sent. */
export interface PageRequest {
  readonly method: string;
  /** Below the app's address, with the query. */
  readonly path: string;
  readonly body?: string | undefined;
}

/** Sockets that fall back to requests. What they carry nobody could hold back, and the next is always waited for. */
const isSocket = /^\/(?:socket\.io|sockjs|sockjs-node|signalr|engine\.io)(?:\/|$)/i;

/** Keeps a session alive; what it changes is the session. */
const refreshes = /\/(?:refresh|refresh[-_]?tokens?|token\/refresh|csrf(?:[-_]?token)?|csrf-cookie)\/?$/i;
const saysRead = /(?:^|[/_.-])(?:get|read|fetch|find|list|query|search|show|view|load|lookup|details?)(?:$|[/_.-]|(?=[A-Z]))/;

/**
 * Why a request that a page sends while it is clicked through is held back; `undefined` where it goes on. Whatever changes something is held back, with
 * writes allowed as well: what the page would have sent is known by then, and is sent later, on things of our own and written down before.
 */
export function heldBack({ method, path, body }: PageRequest, signingIn: boolean): string | undefined {
  const [plain = ''] = path.split('?');
  if (isSocket.test(plain)) return 'it is a socket';
  const danger = dangerOf({ method, path: templateOf(plain).template });
  if (method === 'HEAD' || method === 'OPTIONS') return undefined;
  if (method === 'GET') return danger ?? deedIn(path);
  if (signingIn)
    return method === 'DELETE' || /log-?out|sign-?out|reset|delete|register|sign-?up/i.test(plain) ? 'not part of a sign-in' : undefined;
  if (method !== 'POST') return 'it changes something';
  if (refreshes.test(plain)) return undefined;
  if (danger !== undefined) return danger;
  return saysRead.test(plain) || isQuery(body) ? undefined : 'it may change something';
}

/** A GraphQL request that only reads. */
function isQuery(body: string | undefined): boolean {
  if (body === undefined || !body.includes('"query"')) return false;
  try {
    const parsed: unknown = JSON.parse(body);
    const all = Array.isArray(parsed) ? parsed : [parsed];
    return all.every((one) => {
      const query: unknown = one !== null && typeof one === 'object' && 'query' in one ? one.query : undefined;
      return (
        typeof query === 'string' &&
        /^\s*(?:#[^\n]*\n\s*)*(?:query\b|\{|fragment\b)/.test(query) &&
        !/\b(?:mutation|subscription)\b/.test(query)
      );
    });
  } catch {
    return false;
  }
}
