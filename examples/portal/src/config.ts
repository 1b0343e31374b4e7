import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
}

export interface Config {
  databaseUrl: string;
  /** Public address of the portal, without a slash at the end. Links in mails are built from it, never from the request. */
  appUrl: string;
  smtpUrl: string;
  mailFrom: string;
  webhookSecret: string;
  host: string;
  port: number;
  trustProxy: number;
  uploadDir: string;
  sessionIdleMinutes: number;
  sessionMaxHours: number;
  /** How long a mailed sign-in link is good for. */
  magicLinkSeconds: number;
  corsOrigins: string[];
  logoHosts: string[];
  oidc: OidcSettings | undefined;
  version: string;
  release: string;
}

/** Reads the configuration. Throws one error that names everything missing or wrong. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];

  const required = (name: string): string => {
    const value = env[name]?.trim();
    if (!value) problems.push(`${name} is not set`);
    return value ?? '';
  };
  const number = (name: string, fallback: number): number => {
    const value = Number(env[name] || fallback);
    if (!Number.isInteger(value) || value < 0) problems.push(`${name} must be a whole number`);
    return value;
  };
  const list = (name: string): string[] =>
    (env[name] ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);

  const appUrl = required('APP_URL').replace(/\/+$/, '');
  if (appUrl && !URL.canParse(appUrl)) problems.push('APP_URL is not a URL');

  const config: Config = {
    databaseUrl: required('DATABASE_URL'),
    appUrl,
    smtpUrl: required('SMTP_URL'),
    mailFrom: required('MAIL_FROM'),
    webhookSecret: required('PAYMENTS_WEBHOOK_SECRET'),
    host: env['HOST'] || '0.0.0.0',
    port: number('PORT', 3000),
    trustProxy: number('TRUST_PROXY', 0),
    uploadDir: resolve(env['UPLOAD_DIR'] || 'uploads'),
    sessionIdleMinutes: number('SESSION_IDLE_MINUTES', 60),
    sessionMaxHours: number('SESSION_MAX_HOURS', 12),
    magicLinkSeconds: number('MAGIC_LINK_SECONDS', 900),
    corsOrigins: list('CORS_ORIGINS'),
    logoHosts: list('LOGO_HOSTS'),
    oidc: env['OIDC_ISSUER']
      ? { issuer: required('OIDC_ISSUER'), clientId: required('OIDC_CLIENT_ID'), clientSecret: required('OIDC_CLIENT_SECRET') }
      : undefined,
    version: (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version,
    release: env['RELEASE'] || 'development',
  };

  if (problems.length > 0) {
    throw new Error(`The portal cannot start: ${problems.join(', ')}. See .env.example.`);
  }
  return config;
}

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}

export const config = configOrExit();

/** Cookies are marked Secure wherever the portal is served over HTTPS. */
export const servedOverHttps = config.appUrl.startsWith('https:');
