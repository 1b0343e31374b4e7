import { record } from '../surface/schema.ts';
import { contentOf } from '../wire/content.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import type { ElsewhereDoor } from './doors.ts';
import { pathOf } from './enter.ts';
import { tokenIn } from './token.ts';

/** Supabase Auth: signs in and up with a password as supabase-js does, and confirms an address by the link or the code of its mail. */
export function supabaseDoor(provider: Sender, { url, key }: { readonly url: URL; readonly key: string }): ElsewhereDoor {
  const base = url.pathname.replace(/\/+$/, '');
  const ask = async (path: string, value: object): Promise<Answer | undefined> => {
    const answer = await provider.send({
      method: 'POST',
      path: `${base}/auth/v1/${path}`,
      headers: { apikey: key },
      body: { type: 'json', value },
    });
    return answer.ok && answer.value.status < 300 ? answer.value : undefined;
  };
  return {
    kind: 'elsewhere',
    name: 'Supabase Auth',
    async enter(_, { email, password }, session) {
      const answer = await ask('token?grant_type=password', { email, password });
      const token = answer && tokenIn(answer);
      if (!token) return undefined;
      session.token = token.value;
      return answer;
    },
    async join({ email, password }) {
      const answer = await ask('signup', { email, password });
      if (!answer) return false;
      // Somebody whose address is known already is answered like somebody new, with nothing by which he signs in.
      const { identities } = record(contentOf(answer.text).json);
      return !Array.isArray(identities) || identities.length > 0;
    },
    async confirm({ email }, mailed) {
      const { link, code } = (await mailed()) ?? {};
      if (link?.origin === provider.origin) {
        await provider.send({ method: 'GET', path: pathOf(link), deliberate: true }, emptySession());
        return true;
      }
      return link === undefined && code !== undefined && (await ask('verify', { type: 'signup', email, token: code })) !== undefined;
    },
  };
}
