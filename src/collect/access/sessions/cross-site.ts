import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { create, makers } from '../objects/create.ts';
import type { Journal } from '../journal/journal.ts';
import type { Person } from '../people/person.ts';
import type { Operation } from '../surface/operation.ts';
import { doubting } from '../wire/hearing.ts';
import type { Sender } from '../wire/sender.ts';
import { openingCookies } from './cookie.ts';
import { type Ground, unclear, unknown } from './trial.ts';

/** What a page of somebody else sends along: his address, no token of the app (Fetch standard, Sec-Fetch-Site). */
const foreign = { origin: 'https://evil.example', referer: 'https://evil.example/', 'sec-fetch-site': 'cross-site' };

/** A page elsewhere can have the browser send forms, and what looks like one; JSON needs the app's leave first (CORS). */
const canBeSent = ({ body }: Operation): boolean => body?.type === 'form' || body?.type === 'multipart';

/** Whether a page of somebody else can make things in the name of whoever opens it (ASVS 3.5.1): only by what we made ourselves. */
export async function crossSite(ground: Ground, as: Person, journal: Journal): Promise<SessionTrial> {
  const { sender, operations, writes, way } = ground;
  const { opening: cookies, doubt } = await openingCookies(sender, way);
  if (doubt) return unclear('cross-site', doubt);
  if (cookies.length === 0)
    return { question: 'cross-site', outcome: 'none', text: 'no cookie signs people in, so no other page can use it', steps: [] };
  const kept = cookies.every(({ sameSite }) => sameSite === 'lax' || sameSite === 'strict');
  const flags = cookies.map(({ key, sameSite }) => `${key}: SameSite ${sameSite ?? 'not set'}`);
  if (kept)
    return {
      question: 'cross-site',
      outcome: 'holds',
      text: 'browsers do not send the cookie along with what other pages post',
      steps: flags,
    };
  if (!writes) return unknown('cross-site', 'nothing may be made in the app, so it was not tried', flags);
  const steps = [...flags];
  let tried = 0;
  for (const operation of makers(operations).filter(canBeSent).slice(0, 6)) {
    const own = await create({ sender, journal, operations }, { ...as, session: way.session }, operation);
    if (!own) continue;
    tried += 1;
    // Headers of its own no form can send.
    const bare = { ...way.session, bound: new Map<string, string>(), headers: new Map<string, string>() };
    const { sender: heard, doubts } = doubting(asForeignPage(sender));
    const forged = await create({ sender: heard, journal, operations }, { ...as, session: bare }, operation);
    if (!forged && doubts.length > 0)
      return unknown('cross-site', `what was sent from another page was not answered: ${doubts.join('; ')}`, steps);
    steps.push(`${operation.id} from https://evil.example without the app's token → ${forged ? 'it was made' : 'refused'}`);
    if (forged)
      return {
        question: 'cross-site',
        outcome: 'broken',
        text: `a page elsewhere can send ${operation.id} in the name of whoever opens it`,
        steps,
      };
  }
  return tried === 0
    ? unknown('cross-site', 'no form was found that we could fill in, so nothing could be sent from elsewhere', steps)
    : { question: 'cross-site', outcome: 'holds', text: 'what was sent from another page was refused', steps };
}

const asForeignPage = (sender: Sender): Sender => ({
  ...sender,
  send: (message, session) =>
    sender.send(message.method === 'GET' ? message : { ...message, headers: { ...message.headers, ...foreign } }, session),
});
