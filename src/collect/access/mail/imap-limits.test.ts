import { expect, it } from 'vitest';
import { startImapServer } from './fixtures/imap-server.ts';
import { imapMailbox } from './imap.ts';

it('reads mails up to a size, says which are cut, and not any number of large ones', async () => {
  const server = await startImapServer('anna', 'secret');
  const mailbox = await imapMailbox(
    { host: '127.0.0.1', port: server.port, user: 'anna', password: 'secret', tls: false, address: 'test+{id}@example.com' },
    { bytes: 10_000, total: 64_000, mails: 200 },
  );
  const mail = (to: string, size: number): string => `From: app@app.example\r\nTo: ${to}\r\nSubject: x\r\n\r\n${'x\r\n'.repeat(size / 3)}`;
  try {
    server.deliver(mail('small@example.com', 1_000));
    server.deliver(mail('large@example.com', 11_000));
    expect((await mailbox.mails('small@example.com'))[0]?.cut).toBeUndefined();
    expect((await mailbox.mails('large@example.com'))[0]).toMatchObject({ cut: true });
    for (let nth = 0; nth < 7; nth += 1) server.deliver(mail('many@example.com', 11_000));
    await expect(mailbox.mails('many@example.com')).rejects.toThrow(/more mail came than is read in a run/);
  } finally {
    await mailbox.close();
    await server.close();
  }
}, 15_000);
