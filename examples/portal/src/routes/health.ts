import { Router } from 'express';
import { config } from '../config.ts';
import { db } from '../db.ts';
import { log } from '../log.ts';

export const healthRoutes = Router();

/** The process is alive. */
healthRoutes.get('/healthz', (_req, res) => {
  res.json({ status: 'ok' });
});

/** The portal can serve customers: its database answers. */
healthRoutes.get('/readyz', async (_req, res) => {
  try {
    await db.query('select 1');
    res.json({ status: 'ready' });
  } catch (error) {
    log.error('not_ready', error);
    res.status(503).json({ status: 'not ready' });
  }
});

healthRoutes.get('/version', (_req, res) => {
  res.json({ version: config.version, release: config.release });
});
