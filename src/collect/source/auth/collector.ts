import { defineCollector } from '../../../core/collector.ts';
import type { Place } from '../../../core/finding.ts';
import { type RouteInventory, sourceRoutes } from '../../../evidence/routes.ts';
import { type AuthMethod, type AuthMethodKind, authMethods } from '../../../evidence/source.ts';
import { type Codebase, sourceCode } from '../code/codebase.ts';
import { authSigns } from './signs.ts';

const maxPlaces = 5;

/** The ways to sign in that the code shows: by libraries and calls, and by the guards that routes were seen to have. */
export function readAuthMethods(code: Codebase, inventory: RouteInventory | undefined): AuthMethod[] {
  const found = new Map<string, { kind: AuthMethodKind; provider: string; places: Place[] }>();
  const add = (kind: AuthMethodKind, provider: string, place: Place): void => {
    const key = `${kind} ${provider}`;
    const entry = found.get(key) ?? { kind, provider, places: [] };
    if (entry.places.length < maxPlaces && !entry.places.some((known) => known.file === place.file)) entry.places.push(place);
    found.set(key, entry);
  };
  for (const path of code.product) {
    const text = code.text(path);
    if (text === undefined || !hint.test(text)) continue;
    for (const sign of authSigns) {
      const match = sign.text.exec(text);
      if (!match || (sign.beside && !sign.beside.test(text)) || isComment(text, match.index)) continue;
      add(sign.kind, sign.provider, { file: path, line: lineOf(text, match.index) });
    }
  }
  for (const route of inventory?.routes ?? [])
    for (const guard of route.guards) for (const kind of guardKinds(guard.what)) add(kind, 'own code', guard.place);
  return [...found.values()].toSorted((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : a.provider < b.provider ? -1 : 1));
}

/** Cheap test that most files fail. */
const hint =
  /auth|session|jwt|jose|passport|bcrypt|argon2|scrypt|pbkdf2|openid|saml|webauthn|otplib|speakeasy|otpauth|clerk|Lucia|signIn|verifyIdToken|workos|keycloak|msal|base44|supabase/i;

// `sessions found by its token_hash`: the app keeps sessions, API keys or links in tables of its own.
function guardKinds(what: string): AuthMethodKind[] {
  const table = /^(\S+) found by its /.exec(what)?.[1] ?? '';
  if (/sessions?$/i.test(table)) return ['session-cookie'];
  if (/api_?(?:keys?|tokens?)|access_?tokens?/i.test(table)) return ['api-key'];
  return /magic/i.test(table) ? ['magic-link'] : [];
}

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

function isComment(text: string, index: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', index) + 1, index);
  return /^\s*(?:\/\/|\*|\/\*)/.test(line);
}

export const authMethodsCollector = defineCollector({
  provides: authMethods,
  wants: 'repo',
  needs: { code: sourceCode, inventory: sourceRoutes },
  effects: 'none',
  timeoutMs: 30_000,
  async collect({ code, inventory }) {
    return readAuthMethods(code, inventory);
  },
});
