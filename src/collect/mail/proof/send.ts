import type { GivenEmail } from '../../../core/target.ts';

/** How long a server may take, in milliseconds. */
const patience = 20_000;

/** Sends a test mail through the given server; what it said where it did not take it. Never throws. */
export async function sendTestMail(
  { host, port, tls, user, password, from }: NonNullable<GivenEmail['send']>,
  to: string,
  authorities: readonly string[] = [],
): Promise<string | undefined> {
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
    const said = error instanceof Error && 'response' in error && typeof error.response === 'string' ? error.response : undefined;
    return (said ?? (error instanceof Error ? error.message : String(error))).replace(/\s+/g, ' ').slice(0, 200);
  } finally {
    transport.close();
  }
}
