import { CollectFault } from '../../../core/evidence.ts';
import { record } from '../surface/schema.ts';
import { contentOf } from '../wire/content.ts';
import { encode } from '../wire/body.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import type { ElsewhereDoor } from './doors.ts';
import { codeOf, nextCode, wasSent } from './totp.ts';

/** What the client of one person has of Clerk: who it is goes along as a token of its own, and each answer may bring a new one. */
interface Client {
  token: string;
}

/**
 * Clerk's Frontend API as its SDKs for phones use it: a token of the client instead of a cookie. The app gets the session token of Clerk, which lives for a
 * minute and is brought anew as often as it takes.
 */
export function clerkDoor(provider: Sender): ElsewhereDoor {
  async function ask(client: Client, path: string, fields: Readonly<Record<string, string>> = {}): Promise<Answer | undefined> {
    const answer = await provider.send({
      method: 'POST',
      path: `/v1/client/${path}?_is_native=1`,
      // As it is: Clerk refuses whatever brings both an Origin and an Authorization.
      raw: encode({ type: 'form', fields: Object.entries(fields) }),
      headers: { authorization: client.token },
    });
    if (!answer.ok) return undefined;
    client.token = answer.value.headers['authorization'] ?? client.token;
    if (/"native_api_disabled"/.test(answer.value.text))
      throw new CollectFault(
        'denied',
        'Clerk lets nobody sign in by its Native API, which is switched off.',
        'Switch it on in the dashboard of Clerk, under Native applications of this development instance.',
      );
    return answer.value.status < 300 ? answer.value : undefined;
  }

  const sessionToken = async (client: Client, session: string): Promise<string | undefined> => {
    const answer = await ask(client, `sessions/${encodeURIComponent(session)}/tokens`);
    return answer && textAt(record(contentOf(answer.text).json), 'jwt');
  };

  return {
    kind: 'elsewhere',
    name: 'Clerk',
    async enter(sender, account, session) {
      const { email, username, password = '', totp } = account;
      const client: Client = { token: '' };
      let answer = await ask(client, 'sign_ins', { strategy: 'password', identifier: username ?? email, password });
      let attempt = attemptOf(answer);
      if (attempt.status === 'needs_first_factor')
        attempt = attemptOf(
          (answer = await ask(client, `sign_ins/${attempt.id}/attempt_first_factor`, { strategy: 'password', password })),
        );
      if (attempt.status === 'needs_second_factor' && totp !== undefined) {
        const at = `sign_ins/${attempt.id}/attempt_second_factor`;
        const repeats = wasSent(totp);
        answer = await ask(client, at, { strategy: 'totp', code: await codeOf(sender, totp) });
        if (!answer && repeats) {
          // Each code is taken once.
          await nextCode(sender, totp);
          answer = await ask(client, at, { strategy: 'totp', code: await codeOf(sender, totp) });
        }
        attempt = attemptOf(answer);
      }
      const { created } = attempt;
      const token = attempt.status === 'complete' && created !== '' ? await sessionToken(client, created) : undefined;
      if (token === undefined) return undefined;
      session.token = token;
      session.renew = () => sessionToken(client, created);
      return answer;
    },
  };
}

/** How far a sign-in has come. */
function attemptOf(answer: Answer | undefined): { readonly id: string; readonly status: string; readonly created: string } {
  const attempt = record(record(contentOf(answer?.text ?? '').json)['response']);
  return {
    id: encodeURIComponent(textAt(attempt, 'id') ?? ''),
    status: textAt(attempt, 'status') ?? '',
    created: textAt(attempt, 'created_session_id') ?? '',
  };
}

function textAt(from: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = from[name];
  return typeof value === 'string' ? value : undefined;
}
