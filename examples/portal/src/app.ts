import { fileURLToPath } from 'node:url';
import express from 'express';
import type { Express } from 'express';
import { config } from './config.ts';
import { errorHandler, notFound } from './middleware/errors.ts';
import { cors, noStore, securityHeaders } from './middleware/headers.ts';
import { requestLog } from './middleware/request-log.ts';
import { openApiDocument } from './openapi/document.ts';
import { adminRoutes } from './routes/admin.ts';
import { adminApi } from './routes/api/admin.ts';
import { approvalApi } from './routes/api/approvals.ts';
import { caseApi } from './routes/api/cases.ts';
import { exportApi } from './routes/api/export.ts';
import { fileApi } from './routes/api/files.ts';
import { invoiceApi } from './routes/api/invoices.ts';
import { meApi } from './routes/api/me.ts';
import { memberApi } from './routes/api/members.ts';
import { paymentApi } from './routes/api/payments.ts';
import { taskApi } from './routes/api/tasks.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { caseRoutes } from './routes/cases.ts';
import { dashboardRoutes } from './routes/dashboard.ts';
import { fileRoutes } from './routes/files.ts';
import { healthRoutes } from './routes/health.ts';
import { inviteRoutes } from './routes/invites.ts';
import { invoiceRoutes } from './routes/invoices.ts';
import { loginRoutes } from './routes/login.ts';
import { logoRoutes } from './routes/logo.ts';
import { magicLinkRoutes } from './routes/magic-link.ts';
import { memberRoutes } from './routes/members.ts';
import { oidcRoutes } from './routes/oidc.ts';
import { passwordResetRoutes } from './routes/password-reset.ts';
import { settingsRoutes } from './routes/settings.ts';
import { webhookRoutes } from './routes/webhooks.ts';

export function createApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustProxy);

  app.use(securityHeaders);
  app.use(requestLog);
  app.use('/assets', express.static(fileURLToPath(new URL('../public', import.meta.url)), { maxAge: '1h' }));
  app.use(healthRoutes);
  app.get('/openapi.json', (_req, res) => {
    res.json(openApiDocument);
  });

  app.use(noStore);
  // Before the body parsers: the signature covers the bytes as they were sent.
  app.use('/webhooks', webhookRoutes);

  app.use('/api', cors);
  app.use('/api', express.json({ limit: '100kb' }));
  app.use('/api/me', meApi);
  app.use('/api/invoices', invoiceApi);
  app.use('/api/payments', paymentApi);
  app.use('/api/cases', caseApi);
  app.use('/api/tasks', taskApi);
  app.use('/api/approvals', approvalApi);
  app.use('/api/files', fileApi);
  app.use('/api/members', memberApi);
  app.use('/api/export', exportApi);
  app.use('/api/admin', adminApi);

  app.use(express.urlencoded({ extended: false, limit: '100kb' }));
  app.use(loginRoutes);
  app.use(magicLinkRoutes);
  app.use(passwordResetRoutes);
  app.use(oidcRoutes);
  app.use(inviteRoutes);
  app.use(dashboardRoutes);
  app.use('/invoices', invoiceRoutes);
  app.use('/cases', caseRoutes);
  app.use('/approvals', approvalRoutes);
  app.use('/files', fileRoutes);
  app.use('/members', memberRoutes);
  app.use('/settings', settingsRoutes);
  app.use('/organisation/logo', logoRoutes);
  app.use('/admin', adminRoutes);

  app.use(notFound);
  app.use(errorHandler);
  return app;
}
