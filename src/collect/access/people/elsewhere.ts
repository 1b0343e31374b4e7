import type { GivenIdentity } from '../../../core/target.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import type { ElsewhereDoor } from './doors.ts';
import { tokenIn } from './token.ts';
import { ssoDoor } from './sso.ts';

/**
 * The way in of people who sign in elsewhere. `provider` sends to that address and to nobody else, and is named in the config: nothing that an app
 * redirects to is followed by itself.
 */
export function elsewhereDoor(given: GivenIdentity, provider: Sender): ElsewhereDoor {
  if (given.kind === 'oidc') return ssoDoor(provider);
  const { kind, key } = given;
  const { pathname } = given.url;
  const base = pathname.replace(/\/+$/, '');
  const ways = {
    // As supabase-js signs in with a password.
    supabase: { name: 'Supabase Auth', path: `${base}/auth/v1/token?grant_type=password`, headers: { apikey: key }, more: {} },
    // Identity Toolkit, as the Firebase SDK and its emulator have it.
    firebase: {
      name: 'Firebase Authentication',
      path: `${base}/${base.includes('identitytoolkit') ? '' : 'identitytoolkit.googleapis.com/'}v1/accounts:signInWithPassword?key=${encodeURIComponent(key)}`.replace(
        '//',
        '/',
      ),
      headers: {},
      more: { returnSecureToken: true },
    },
  } as const;
  const { name, path, headers, more } = ways[kind];
  return {
    kind: 'elsewhere',
    name,
    async enter(_, { email, password }, session): Promise<Answer | undefined> {
      const answer = await provider.send({ method: 'POST', path, headers, body: { type: 'json', value: { email, password, ...more } } });
      const token = answer.ok && answer.value.status < 300 ? tokenIn(answer.value) : undefined;
      if (!answer.ok || !token) return undefined;
      session.token = token.value;
      return answer.value;
    },
  };
}
