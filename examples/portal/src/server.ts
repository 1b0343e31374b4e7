import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { config } from './config.ts';
import { db } from './db.ts';
import { log } from './log.ts';

await mkdir(config.uploadDir, { recursive: true });

const server = createApp().listen(config.port, config.host, () => {
  log.info('listening', { port: (server.address() as AddressInfo).port, url: config.appUrl, release: config.release });
});
server.on('error', (error) => {
  log.error('cannot_listen', error);
  process.exit(1);
});

/** Finishes what is being answered, then leaves. */
function shutDown(): void {
  server.close(() => {
    db.end().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
  server.closeIdleConnections();
}

process.on('SIGTERM', shutDown);
process.on('SIGINT', shutDown);
