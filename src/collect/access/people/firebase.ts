import { list, record } from '../surface/schema.ts';
import { claimsOf } from '../wire/claims.ts';
import { contentOf } from '../wire/content.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import type { ElsewhereDoor } from './doors.ts';
import { tokenIn } from './token.ts';

/**
 * Firebase Authentication: signs in and up with a password by the Identity Toolkit, as its SDK and its emulator have it, and confirms an address by the
 * link that is mailed. The emulator mails nothing and lists its links instead.
 */
export function firebaseDoor(provider: Sender, { url, key }: { readonly url: URL; readonly key: string }): ElsewhereDoor {
  const base = url.pathname.replace(/\/+$/, '');
  const toolkit = `${base}/${base.includes('identitytoolkit') ? '' : 'identitytoolkit.googleapis.com/'}v1`.replace('//', '/');
  const ask = async (method: string, value: object): Promise<Answer | undefined> => {
    const path = `${toolkit}/accounts:${method}?key=${encodeURIComponent(key)}`;
    const answer = await provider.send({ method: 'POST', path, body: { type: 'json', value } });
    return answer.ok && answer.value.status < 300 ? answer.value : undefined;
  };
  const signedIn = (email: string, password = ''): Promise<Answer | undefined> =>
    ask('signInWithPassword', { email, password, returnSecureToken: true });

  /** The code of the emulator's link for an address. */
  async function listedCode(token: string, email: string): Promise<string | undefined> {
    const project = String(claimsOf(token)?.['aud'] ?? '');
    if (project === '') return undefined;
    const path = `/emulator/v1/projects/${encodeURIComponent(project)}/oobCodes`;
    const answer = await provider.send({ method: 'GET', path, deliberate: true, headers: { authorization: 'Bearer owner' } });
    const codes = answer.ok ? list(record(contentOf(answer.value.text).json)['oobCodes']).map(record) : [];
    const code = codes.findLast((one) => one['email'] === email && one['requestType'] === 'VERIFY_EMAIL')?.['oobCode'];
    return typeof code === 'string' ? code : undefined;
  }

  return {
    kind: 'elsewhere',
    name: 'Firebase Authentication',
    async enter(_, { email, password }, session) {
      const answer = await signedIn(email, password);
      const token = answer && tokenIn(answer);
      if (!token) return undefined;
      session.token = token.value;
      return answer;
    },
    join: async ({ email, password }) => (await ask('signUp', { email, password, returnSecureToken: true })) !== undefined,
    async confirm({ email, password }, mailed) {
      const answer = await signedIn(email, password);
      const token = answer && tokenIn(answer)?.value;
      if (token === undefined || !(await ask('sendOobCode', { requestType: 'VERIFY_EMAIL', idToken: token }))) return false;
      const oobCode = (await listedCode(token, email)) ?? (await mailed())?.link?.searchParams.get('oobCode');
      return typeof oobCode === 'string' && (await ask('update', { oobCode })) !== undefined;
    },
  };
}
