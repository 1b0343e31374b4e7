import type { HostRole } from '../core/target.ts';

/** What hosts are usually called, and what they then are for. Nobody can list the names of a zone from outside: what is called otherwise is not found. */
export const usualHosts: Readonly<Record<string, HostRole>> = {
  www: 'marketing',
  blog: 'marketing',
  docs: 'marketing',
  help: 'marketing',
  shop: 'marketing',
  app: 'app',
  portal: 'app',
  dashboard: 'app',
  admin: 'app',
  api: 'api',
  beta: 'other',
  demo: 'other',
  dev: 'other',
  old: 'other',
  staging: 'other',
  status: 'other',
  support: 'other',
  test: 'other',
};
