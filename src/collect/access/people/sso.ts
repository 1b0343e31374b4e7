import { type Form, formsOf, readPage } from '../surface/crawl.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import { emptySession, type Session } from '../wire/session.ts';
import type { Account } from './account.ts';
import type { ElsewhereDoor } from './doors.ts';
import { filled } from './fill.ts';
import { isPage } from '../wire/content.ts';

/** A sign-in at an identity provider, in its two halves. */
export interface SingleSignOn {
  /** Begins at the app, in this browser; gives the request that goes to the provider (OpenID Connect Core 1.0, section 3.1.2.1). */
  begin(sender: Sender, session: Session): Promise<URL | undefined>;
  /** Signs in at the provider and agrees there; gives the path of the app to which that leads back, code and all. */
  atProvider(sender: Sender, authorize: URL, account: Account): Promise<string | undefined>;
  /** The same, wherever it leads to: whole, and not opened. */
  leadsTo(authorize: URL, account: Account): Promise<URL | undefined>;
}

const leadsThere = /auth|oidc|openid|saml|sso|single|provider|connect|authorize|log-?in|sign-?in/i;
const usualStarts = [
  '/login/oidc',
  '/auth/oidc',
  '/oidc/login',
  '/auth/sso',
  '/login/sso',
  '/sso',
  '/oauth/login',
  '/auth/login',
  '/login',
  '/api/auth/login',
];

/** The way in by an identity provider: the authorization code flow (RFC 6749, section 4.1), with the provider's own forms filled in. */
export function ssoDoor(provider: Sender): ElsewhereDoor {
  let start: string | undefined;
  const sso: SingleSignOn = {
    async begin(sender, session) {
      if (start !== undefined) return followed(sender, start, session, provider.origin);
      for (const path of await starts(sender)) {
        const authorize = await followed(sender, path, session, provider.origin);
        if (!authorize) continue;
        start = path;
        return authorize;
      }
      return undefined;
    },
    async atProvider(sender, authorize, account) {
      const url = await throughProvider(provider, authorize, account);
      return url?.origin === sender.origin ? `${url.pathname}${url.search}` : undefined;
    },
    leadsTo: (authorize, account) => throughProvider(provider, authorize, account),
  };
  return {
    kind: 'elsewhere',
    name: `the identity provider ${new URL(provider.origin).host}`,
    sso,
    async enter(sender, account, session) {
      const authorize = await sso.begin(sender, session);
      const callback = authorize && (await sso.atProvider(sender, authorize, account));
      if (callback === undefined) return undefined;
      const answer = await sender.send({ method: 'GET', path: callback, deliberate: true }, session);
      return answer.ok && answer.value.status < 400 ? answer.value : undefined;
    },
  };
}

/** Addresses at which a sign-in at a provider may begin: what the pages for signing in link to, then usual ones. */
const starts = async (sender: Sender): Promise<Set<string>> => new Set([...(await linkedStarts(sender)), ...usualStarts]);

async function linkedStarts(sender: Sender): Promise<string[]> {
  const found: string[] = [];
  for (const path of ['/', '/login', '/signin', '/auth/login', '/auth']) {
    const page = await sender.send({ method: 'GET', path, deliberate: true }, emptySession());
    if (!page.ok || page.value.status >= 300 || !isPage(page.value.text)) continue;
    found.push(
      ...readPage(page.value.text, path, sender.origin).links.filter(
        (link) => leadsThere.test(link) && !/log-?_?out|sign-?_?out/i.test(link),
      ),
    );
  }
  return found.toSorted((a, b) => Number(/oauth|oidc|sso/i.test(b)) - Number(/oauth|oidc|sso/i.test(a))).slice(0, 12);
}

/** Host of another site to which a page for signing in leads with a request of OAuth 2 (RFC 6749, section 4.1.1); nothing is sent there. */
export async function leadsElsewhere(sender: Sender): Promise<string | undefined> {
  for (const path of (await linkedStarts(sender)).slice(0, 6)) {
    const answer = await sender.send({ method: 'GET', path, deliberate: true }, emptySession());
    const url = answer.ok && answer.value.location !== undefined ? URL.parse(answer.value.location) : null;
    if (url && url.origin !== sender.origin && url.searchParams.has('client_id') && url.searchParams.has('redirect_uri')) return url.host;
  }
  return undefined;
}

/** Where an address of the app leads to at the provider; `undefined` where it does not. */
async function followed(sender: Sender, path: string, session: Session, origin: string): Promise<URL | undefined> {
  let at = path;
  for (let hops = 0; hops < 4; hops += 1) {
    const answer = await sender.send({ method: 'GET', path: at, deliberate: true }, session);
    const location = answer.ok && answer.value.status >= 300 && answer.value.status < 400 ? answer.value.location : undefined;
    if (location === undefined) return undefined;
    if (!location.startsWith('/')) return URL.parse(location)?.origin === origin ? new URL(location) : undefined;
    at = location;
  }
  return undefined;
}

const mostSteps = 15;

async function throughProvider(provider: Sender, authorize: URL, account: Account): Promise<URL | undefined> {
  const browser = emptySession();
  const get = (path: string) => provider.send({ method: 'GET', path, deliberate: true }, browser);
  let at = `${authorize.pathname}${authorize.search}`;
  let answer = await get(at);
  let asked = 0;
  for (let step = 0; step < mostSteps && answer.ok; step += 1) {
    const { status, location, text }: Answer = answer.value;
    if (status >= 300 && status < 400 && location !== undefined) {
      if (!location.startsWith('/')) return URL.parse(location) ?? undefined;
      at = location;
      answer = await get(at);
      continue;
    }
    const form = nextForm(formsOf(text, at, provider.origin));
    // The form for the password once more: it was not taken.
    if (!form || (form.fields.some(isPassword) && (asked += 1) > 1)) return undefined;
    at = form.action;
    answer = await provider.send({ method: 'POST', path: at, body: { type: 'form', fields: filled(form, account) } }, browser);
  }
  return undefined;
}

const isPassword = ({ type }: Form['fields'][number]): boolean => type === 'password';

/** The form that goes on: for the password, for the name, or with nothing to fill in, which agrees. */
function nextForm(forms: readonly Form[]): Form | undefined {
  const on = forms.filter(
    ({ method, action }) => method === 'POST' && !/cancel|abort|deny|reject|log-?out|register|sign-?up|forgot|reset/i.test(action),
  );
  return on.find(({ fields }) => fields.some(isPassword)) ?? on[0];
}
