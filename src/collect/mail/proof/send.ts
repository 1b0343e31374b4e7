import type { GivenSendServer } from '../../../core/given-send.ts';
import type { GivenEmail } from '../../../core/target.ts';
import { sendByApi } from './send-api.ts';

/** How long a server may take, in milliseconds. */
const patience = 20_000;

const says = 'This mail was sent by Launch Ready to see how it arrives. Nothing needs to be done.';

/** Why a test mail is not on its way. */
export interface Unsent {
  /** The server said no to this mail for good (a 5xx to its sender, receiver or text). Else nobody knows what it would have said. */
  readonly refused: boolean;
  readonly why: string;
}

/** What a test mail is about, the same for each. */
export const testSubject = 'Test mail of Launch Ready';

/** Sends a test mail through the given server or service. `reference`: stands in it, so that it is known again. Never throws. */
export function sendTestMail(
  send: NonNullable<GivenEmail['send']>,
  { to, reference = '' }: { readonly to: string; readonly reference?: string },
  authorities: readonly string[] = [],
): Promise<Unsent | undefined> {
  const mail = {
    to,
    subject: testSubject,
    headers: (reference === '' ? {} : { 'X-Launch-Ready': reference }) as Record<string, string>,
    text: `${says}\n${reference === '' ? '' : `\nReference: ${reference}\n`}`,
    html: `<p>${says}</p>${reference === '' ? '' : `<p>Reference: ${reference}</p>`}`,
  };
  const sender = senderOf(send.from);
  return 'api' in send
    ? sendByApi(send, { ...mail, from: typeof sender === 'string' ? { address: sender.trim() } : named(sender) })
    : sendByServer(send, { ...mail, from: sender }, authorities);
}

const named = ({ name, address }: { readonly name: string; readonly address: string }) => ({ address, ...(name !== '' && { name }) });

async function sendByServer(
  { host, port, tls, user, password }: GivenSendServer,
  mail: Readonly<Record<'to' | 'subject' | 'text' | 'html', string>> & {
    readonly from: ReturnType<typeof senderOf>;
    readonly headers: Record<string, string>;
  },
  authorities: readonly string[],
): Promise<Unsent | undefined> {
  const { default: nodemailer } = await import('nodemailer');
  const isHere = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
  const transport = nodemailer.createTransport({
    host,
    port,
    secure: tls,
    // A password never goes over the wire in the clear.
    requireTLS: !tls && !isHere && password !== undefined,
    ignoreTLS: isHere && !tls,
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
    ...(authorities.length > 0 && { tls: { ca: [...authorities] } }),
  });
  try {
    await transport.sendMail(mail);
    return undefined;
  } catch (error) {
    const {
      message = String(error),
      response,
      responseCode = 0,
      command = '',
    } = error as Partial<Record<'message' | 'response' | 'command', string>> & { readonly responseCode?: number };
    // A wrong password, or a server that is not there, says nothing of the mail.
    return {
      refused: responseCode >= 500 && /^(?:MAIL FROM|RCPT TO|DATA)$/.test(command),
      why: (response ?? message).replace(/\s+/g, ' ').slice(0, 200),
    };
  } finally {
    transport.close();
  }
}

/** `Acme, Inc. <app@example.com>` as name and address: what stands before the address is one name, whatever is in it. */
function senderOf(from: string): string | { readonly name: string; readonly address: string } {
  const [, name = '', address] = /^\s*(.*?)\s*<\s*([^<>\s]+@[^<>\s]+)\s*>\s*$/s.exec(from) ?? [];
  return address === undefined ? from : { name: name.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/g, '$1'), address };
}
