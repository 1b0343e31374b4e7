import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { request } from 'undici';
import { expect, it } from 'vitest';

/** Addresses and names that are nobody's (RFC 5737, RFC 2606). */
const elsewhere = '192.0.2.1';

const fails = (work: (done: (error: Error) => void) => void): Promise<string> =>
  new Promise((resolve) => work((error) => resolve((error as NodeJS.ErrnoException).code ?? 'no code')));

it('lets no test reach another machine by TCP, by UDP, or by a name', async () => {
  expect(await fails((done) => void connect({ host: elsewhere, port: 443 }).once('error', done))).toBe('ENETUNREACH');
  expect(await fails((done) => void connect({ host: 'example.com', port: 443 }).once('error', done))).toBe('ENOTFOUND');
  const lookup = (_: string, __: object, done: (error: null, found: { address: string; family: number }[]) => void): void =>
    done(null, [{ address: elsewhere, family: 4 }]);
  expect(await fails((done) => void connect({ host: 'a.example', port: 443, lookup: lookup as never }).once('error', done))).toBe(
    'ENETUNREACH',
  );
  await expect(request(`https://${elsewhere}/`)).rejects.toMatchObject({ code: 'ENETUNREACH' });
  const socket = createSocket('udp4');
  expect(await fails((done) => socket.send('x', 53, elsewhere, (error) => done(error ?? new Error('sent'))))).toBe('ENETUNREACH');
  expect(
    await fails((done) => {
      socket.once('error', done);
      socket.connect(53, elsewhere);
    }),
  ).toBe('ENETUNREACH');
  expect(await fails((done) => socket.connect(53, elsewhere, done as () => void))).toBe('ENETUNREACH');
  socket.close();
});

it('holds for the processes that tests start, too', () => {
  const script = `require('node:net').connect(443, '${elsewhere}').on('error', (error) => console.log(error.code))`;
  expect(spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 10_000 }).stdout.trim()).toBe('ENETUNREACH');
});
