import type { GivenEmail } from '../../../core/target.ts';

/** How long a server may take, in milliseconds. */
const patience = 20_000;

/** Why a test mail is not on its way. */
export interface Unsent {
  /** The server said no to this mail for good (a 5xx to its sender, receiver or text). Else nobody knows what it would have said. */
  readonly refused: boolean;
  readonly why: string;
}

/** Sends a test mail through the given server. Never throws. */
export async function sendTestMail(
  { host, port, tls, user, password, from }: NonNullable<GivenEmail['send']>,
  to: string,
  authorities: readonly string[] = [],
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
    await transport.sendMail({
      from,
      to,
      subject: 'Test mail of Launch Ready',
      text: 'This mail was sent by Launch Ready to see how it arrives. Nothing needs to be done.\n',
      html: '<p>This mail was sent by Launch Ready to see how it arrives. Nothing needs to be done.</p>',
    });
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
