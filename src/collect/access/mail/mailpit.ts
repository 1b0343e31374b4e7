import { openTransport, defaultLimits } from '../../http/transport.ts';
import { addressBy, type Mail, type Mailbox } from './mailbox.ts';
import { parseMail } from './parse.ts';

/** Mails of one search; an address of ours gets a dozen in a run. */
const mostFound = 50;

/** Reads mails from a Mailpit on this machine by its HTTP API (mailpit.axllent.org/docs/api-v1). Rejects where none answers there. */
export async function mailpitMailbox(settings: { readonly url: URL; readonly address: string }): Promise<Mailbox> {
  const { url, address } = settings;
  const transport = openTransport({ pins: {}, named: (name) => name === url.hostname }, defaultLimits, { connections: 2, authorities: [] });
  const get = async (path: string): Promise<Buffer> => {
    const { status, body } = await transport.send(new URL(path, url), {
      method: 'GET',
      headers: { accept: 'application/json' },
      bodyBytes: 4 * 2 ** 20,
      signal: undefined,
    });
    if (status >= 300) throw new Error(`${url.host} answers ${status} to ${path.split('?', 1)[0]}, so it is no Mailpit that lets us read`);
    return body;
  };
  await get('/api/v1/info').catch(async (error: unknown) => {
    await transport.close();
    throw error;
  });
  const read = new Map<string, Mail>();
  return {
    pollMs: 250,
    patienceMs: 15_000,
    async mails(to) {
      const query = new URLSearchParams({ query: `to:"${to}"`, limit: String(mostFound) });
      const { messages = [] } = JSON.parse((await get(`/api/v1/search?${query}`)).toString('utf8')) as {
        messages?: { readonly ID: string; readonly To?: readonly { readonly Address: string }[] }[];
      };
      const mine = messages.filter(({ To = [] }) => To.some(({ Address }) => Address.toLowerCase() === to.toLowerCase()));
      const mails: Mail[] = [];
      // It lists the newest first.
      for (const { ID } of mine.toReversed()) {
        const mail = read.get(ID) ?? (await parseMail(ID, await get(`/api/v1/message/${encodeURIComponent(ID)}/raw`), { caught: true }));
        read.set(ID, mail);
        mails.push(mail);
      }
      return mails;
    },
    newAddress: () => addressBy(address),
    close: () => transport.close(),
  };
}
