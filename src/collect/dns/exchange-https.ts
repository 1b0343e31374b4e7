import { Agent, request } from 'node:https';
import { contextTrusting } from '../tls/trust.ts';
import { type ExchangeLimits, ExchangeFault } from './exchange.ts';
import { decodeMessage, type DnsMessage, encodeQuestion, type Question } from './message.ts';

/** Of a DNS message (RFC 1035 §4.2.2). */
const mostBytes = 65_535;

/** Asks resolvers by HTTPS (RFC 8484), over connections that are kept for the next question. `authorities`: trusted beside those of Node, PEM. */
export function openHttps(authorities: readonly string[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, timeout: 10_000 });
  const secureContext = contextTrusting(authorities);

  /** Throws `ExchangeFault`. Nothing is followed: who answers with a redirect is no resolver. */
  return (url: string, question: Question, { waitMs, signal }: ExchangeLimits): Promise<DnsMessage> =>
    new Promise((resolve, reject) => {
      const fail = (why: ExchangeFault['why'], message: string): void => reject(new ExchangeFault(why, message));
      // An id of its own would keep caches from telling that it is the same question (RFC 8484 §4.1).
      const body = encodeQuestion(0, question);
      const headers = { 'content-type': 'application/dns-message', accept: 'application/dns-message', 'content-length': body.length };
      const asking = request(url, { method: 'POST', agent, headers, ...(secureContext && { secureContext }), ...(signal && { signal }) });
      const late = setTimeout(() => {
        fail('timeout', `no answer in ${waitMs} ms`);
        asking.destroy();
      }, waitMs);
      asking.once('close', () => {
        clearTimeout(late);
        fail('unreachable', 'the connection was closed before an answer came');
      });
      asking.once('error', (error) => fail('unreachable', error.message));
      asking.once('response', (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on('data', (part: Buffer) => {
          size += part.length;
          if (size > mostBytes) {
            fail('malformed', 'the answer is longer than a DNS message can be');
            asking.destroy();
          } else parts.push(part);
        });
        response.once('end', () => {
          if (response.statusCode !== 200) return fail('unreachable', `it answered ${response.statusCode}`);
          try {
            const message = decodeMessage(Buffer.concat(parts));
            const { name, type } = message.question ?? question;
            if (name === question.name && type === question.type) resolve(message);
            else fail('malformed', 'it answered another question');
          } catch (error) {
            fail('malformed', `what came is no DNS message: ${String(error)}`);
          }
        });
      });
      asking.end(body);
    });
}
