import { randomBytes } from 'node:crypto';
import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { type SingleSignOn, leadsElsewhere } from '../people/sso.ts';
import { emptySession } from '../wire/session.ts';
import { type Ground, unknown } from './trial.ts';

const question = 'sso-redirect';

/**
 * Whether the identity provider hands a code to an address that the app did not register: it has to compare the whole of it (RFC 9700, section 2.1), or
 * a link to the provider sends the code of whoever opens it to somebody else. Only the provider is asked, which is named in the config and on this
 * machine; where it leads to is read and never opened. Nothing where the app leads to no provider.
 */
export async function redirectUri(ground: Ground): Promise<SessionTrial[]> {
  const { door } = ground.way;
  const sso = door.kind === 'elsewhere' ? door.sso : undefined;
  if (sso) return [await tried(ground, sso)];
  const host = await leadsElsewhere(ground.sender);
  return host === undefined
    ? []
    : [
        {
          ...unknown(question, `people may sign in at ${host}, and only an identity provider on this machine is sent altered requests`),
          toKnow:
            'Run the identity provider on this machine and name it under access.identityProvider; at a service, see that each address to come back to is registered whole.',
        },
      ];
}

async function tried({ sender, account }: Ground, sso: SingleSignOn): Promise<SessionTrial> {
  const right = await sso.begin(sender, emptySession());
  const registered = right && URL.parse(right.searchParams.get('redirect_uri') ?? '');
  if (!right || !registered) return unknown(question, 'the request to the provider names no address to come back to');
  const steps: string[] = [];
  const leadsTo = async (authorize: URL, how: string): Promise<URL | undefined> => {
    const to = await sso.leadsTo(authorize, account);
    steps.push(
      `signed in at the provider with ${how} → ${to ? `led to ${to.origin}${to.pathname}${handsOver(to) ? ' with a code' : ''}` : 'not led on'}`,
    );
    return to;
  };
  const mark = `launch-ready-${randomBytes(4).toString('hex')}`;
  for (const { how, address, elsewhere } of altered(registered, mark)) {
    const authorize = new URL(right);
    authorize.searchParams.set('redirect_uri', address);
    const to = await leadsTo(authorize, how);
    if (!to || !handsOver(to) || !to.href.includes(mark)) continue;
    return {
      question,
      outcome: 'broken',
      text: `the identity provider hands the code of a sign-in to ${elsewhere ? 'any address that the request names' : 'an address that is not the one of the app, but begins like it'}`,
      steps,
      ...(!elsewhere && { mild: true as const }),
    };
  }
  // Anew: a provider may take a request once.
  const again = await sso.begin(sender, emptySession());
  const back = again && (await leadsTo(again, 'the address of the app'));
  return back && handsOver(back)
    ? { question, outcome: 'holds', text: 'the identity provider leads back to the address of the app, and to no other', steps }
    : unknown(question, 'the provider did not lead back to the app with the right address either', steps);
}

/** Addresses that a loose comparison takes for the registered one; `.invalid` is nobody's and never will be (RFC 2606). */
function altered(registered: URL, mark: string): { readonly how: string; readonly address: string; readonly elsewhere: boolean }[] {
  const { origin, pathname, host, protocol } = registered;
  return [
    { how: 'the address of another site', address: `${protocol}//${mark}.invalid${pathname}`, elsewhere: true },
    {
      how: 'the host of the app as a user name of another site',
      address: `${protocol}//${host}@${mark}.invalid${pathname}`,
      elsewhere: true,
    },
    { how: 'the address of the app with more behind it', address: `${origin}${pathname}/${mark}`, elsewhere: false },
  ];
}

/** Whether an address brings what signs in: a code, or a token behind the `#`. */
const handsOver = ({ searchParams, hash }: URL): boolean =>
  searchParams.has('code') || /(?:^|[#&])(?:code|id_token|access_token)=/.test(hash);
