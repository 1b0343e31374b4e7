import { connect, type Socket } from 'node:net';

/** How long a server may take in all, in milliseconds. */
const patience = 6_000;
/** Characters of its answers. */
const mostHeard = 16_384;

/** Whether a mail server offers STARTTLS (RFC 3207): greets it, asks for what it can, and leaves. Never rejects. */
export async function offersStartTls(
  address: string,
  port: number,
): Promise<{ readonly startTls: 'yes' | 'no' | 'unclear'; readonly why?: string }> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ host: address, port });
    const timer = setTimeout(() => done('unclear', 'it did not answer in time'), patience);
    const done = (startTls: 'yes' | 'no' | 'unclear', why?: string): void => {
      clearTimeout(timer);
      if (!socket.destroyed && startTls !== 'unclear') socket.write('QUIT\r\n');
      socket.end();
      setTimeout(() => socket.destroy(), 200).unref();
      resolve({ startTls, ...(why !== undefined && { why }) });
    };
    let heard = '';
    let greeted = false;
    socket.setEncoding('latin1');
    socket.on('error', (error: NodeJS.ErrnoException) => done('unclear', `it could not be reached (${error.code ?? error.message})`));
    socket.on('close', () => done('unclear', 'it closed the connection'));
    socket.on('data', (text: string) => {
      heard += text;
      if (heard.length > mostHeard) return done('unclear', 'it says too much');
      // The last line of an answer has a space behind its code (RFC 5321 §4.2.1).
      if (!/^\d{3}(?: [^\n]*)?\r?\n$/m.test(heard)) return undefined;
      const answer = heard;
      heard = '';
      if (!greeted) {
        if (!answer.startsWith('220')) return done('unclear', `it says ${answer.slice(0, 60).trim()}`);
        greeted = true;
        socket.write('EHLO launch-ready.invalid\r\n');
        return undefined;
      }
      if (!answer.startsWith('250')) return done('unclear', `it says ${answer.slice(0, 60).trim()}`);
      return done(/^250[- ]STARTTLS\b/im.test(answer) ? 'yes' : 'no');
    });
  });
}
