import type { AuthMethodKind } from '../../../evidence/source.ts';

/** A sign of a way to sign in: text that code uses for nothing else. */
export interface AuthSign {
  readonly kind: AuthMethodKind;
  readonly provider: string;
  readonly text: RegExp;
  /** Text that must stand in the same file as well (an import), so that a like-named function of the app is not taken for it. */
  readonly beside?: RegExp;
}

const supabase = /supabase/i;
const firebase = /firebase/i;
const nextAuth = /['"](?:next-auth|@auth\/)/;
const betterAuth = /['"]better-auth/;

export const authSigns: readonly AuthSign[] = [
  { kind: 'password', provider: 'Supabase Auth', text: /\.auth\.signInWithPassword\s*\(/, beside: supabase },
  { kind: 'magic-link', provider: 'Supabase Auth', text: /\.auth\.signInWithOtp\s*\(|type:\s*['"]magiclink['"]/, beside: supabase },
  { kind: 'email-code', provider: 'Supabase Auth', text: /\.auth\.verifyOtp\s*\(/, beside: supabase },
  { kind: 'social', provider: 'Supabase Auth', text: /\.auth\.signInWithOAuth\s*\(/, beside: supabase },
  { kind: 'sso-oidc', provider: 'Supabase Auth', text: /\.auth\.signInWithSSO\s*\(/, beside: supabase },
  { kind: 'totp', provider: 'Supabase Auth', text: /\.auth\.mfa\./, beside: supabase },
  {
    kind: 'jwt',
    provider: 'Supabase Auth',
    text: /from\s+['"]@supabase\/supabase-js['"]|npm:@supabase\/supabase-js|esm\.sh\/@supabase\/supabase-js/,
  },
  { kind: 'session-cookie', provider: 'Supabase Auth', text: /from\s+['"]@supabase\/(?:ssr|auth-helpers-[\w-]+)['"]/ },
  { kind: 'password', provider: 'Firebase Auth', text: /\b(?:signIn|createUser)WithEmailAndPassword\s*\(/, beside: firebase },
  { kind: 'magic-link', provider: 'Firebase Auth', text: /\bsendSignInLinkToEmail\s*\(/, beside: firebase },
  { kind: 'social', provider: 'Firebase Auth', text: /\bsignInWith(?:Popup|Redirect|Credential)\s*\(/, beside: firebase },
  { kind: 'jwt', provider: 'Firebase Auth', text: /\bverify(?:IdToken|SessionCookie)\s*\(/ },
  { kind: 'password', provider: 'next-auth', text: /\bCredentials(?:Provider)?\s*\(/, beside: nextAuth },
  { kind: 'magic-link', provider: 'next-auth', text: /\b(?:EmailProvider|Nodemailer|Resend)\s*\(\s*\{/, beside: nextAuth },
  {
    kind: 'social',
    provider: 'next-auth',
    text: /\b(?:Google|GitHub|Github|Facebook|Apple|Discord|Twitter|LinkedIn)(?:Provider)?\s*[(,\]]/,
    beside: nextAuth,
  },
  {
    kind: 'sso-oidc',
    provider: 'next-auth',
    text: /\b(?:AzureAD|MicrosoftEntraID|Okta|Auth0|Keycloak|Cognito|WorkOS|BoxyHQSAML)(?:Provider)?\s*[(,\]]|type:\s*['"]oidc['"]/,
    beside: nextAuth,
  },
  { kind: 'session-cookie', provider: 'next-auth', text: /\bNextAuth\s*\(/, beside: nextAuth },
  { kind: 'session-cookie', provider: 'Clerk', text: /from\s+['"]@clerk\/[\w-]+(?:\/server)?['"]/ },
  { kind: 'session-cookie', provider: 'Better Auth', text: /\bbetterAuth\s*\(/, beside: betterAuth },
  { kind: 'password', provider: 'Better Auth', text: /emailAndPassword\s*:\s*\{/, beside: betterAuth },
  { kind: 'social', provider: 'Better Auth', text: /socialProviders\s*:\s*\{/, beside: betterAuth },
  { kind: 'magic-link', provider: 'Better Auth', text: /\bmagicLink\s*\(/, beside: betterAuth },
  { kind: 'passkey', provider: 'Better Auth', text: /\bpasskey\s*\(/, beside: betterAuth },
  { kind: 'totp', provider: 'Better Auth', text: /\btwoFactor\s*\(/, beside: betterAuth },
  { kind: 'session-cookie', provider: 'express-session', text: /(?:from\s+|require\()['"]express-session['"]/ },
  { kind: 'session-cookie', provider: 'cookie-session', text: /(?:from\s+|require\()['"]cookie-session['"]/ },
  { kind: 'session-cookie', provider: 'iron-session', text: /(?:from\s+|require\()['"]iron-session/ },
  { kind: 'session-cookie', provider: 'Lucia', text: /\bnew Lucia\s*\(/ },
  { kind: 'session-cookie', provider: 'nuxt-auth-utils', text: /\b(?:requireUserSession|setUserSession)\s*\(/ },
  { kind: 'session-cookie', provider: 'React Router sessions', text: /\bcreateCookieSessionStorage\b/ },
  { kind: 'session-cookie', provider: '@fastify/session', text: /['"]@fastify\/(?:secure-)?session['"]/ },
  { kind: 'jwt', provider: 'jsonwebtoken', text: /(?:from\s+|require\()['"]jsonwebtoken['"]/ },
  { kind: 'jwt', provider: 'jose', text: /(?:from\s+|import\()['"](?:npm:|https:\/\/[^'"]*)?jose(?:@[^'"]*)?['"]/ },
  { kind: 'jwt', provider: '@nestjs/jwt', text: /['"]@nestjs\/jwt['"]/ },
  { kind: 'jwt', provider: '@fastify/jwt', text: /['"]@fastify\/jwt['"]/ },
  { kind: 'jwt', provider: 'hono/jwt', text: /['"]hono\/jwt['"]/ },
  { kind: 'jwt', provider: 'Passport', text: /['"]passport-jwt['"]/ },
  { kind: 'password', provider: 'Passport', text: /['"]passport-local['"]/ },
  { kind: 'social', provider: 'Passport', text: /['"]passport-(?:google|github|facebook|apple|twitter)[\w-]*['"]/ },
  { kind: 'sso-oidc', provider: 'openid-client', text: /['"]openid-client['"]/ },
  { kind: 'sso-oidc', provider: 'express-openid-connect', text: /['"]express-openid-connect['"]/ },
  { kind: 'sso-oidc', provider: 'Auth0', text: /['"](?:@auth0\/[\w-]+|auth0)['"]/ },
  { kind: 'sso-oidc', provider: 'WorkOS', text: /['"]@workos-inc\/[\w-]+['"]/ },
  { kind: 'sso-oidc', provider: 'Keycloak', text: /['"]keycloak-(?:js|connect)['"]/ },
  { kind: 'sso-oidc', provider: 'Microsoft MSAL', text: /['"]@azure\/msal-[\w-]+['"]/ },
  { kind: 'saml', provider: 'SAML library', text: /['"](?:samlify|@node-saml\/[\w-]+|passport-saml|@boxyhq\/saml-jackson)['"]/ },
  { kind: 'passkey', provider: 'SimpleWebAuthn', text: /['"]@simplewebauthn\/[\w-]+['"]/ },
  { kind: 'totp', provider: 'one-time password library', text: /['"](?:otplib|speakeasy|otpauth|@epic-web\/totp)['"]/ },
  { kind: 'basic', provider: 'basic authentication', text: /['"]express-basic-auth['"]|\bbasicAuth\s*\(\s*\{/ },
  { kind: 'password', provider: 'own code', text: /\b(?:bcrypt(?:js)?|argon2)\.(?:compare|verify)(?:Sync)?\s*\(/ },
  {
    kind: 'password',
    provider: 'own code',
    text: /\b(?:scrypt|scryptSync|pbkdf2|pbkdf2Sync)\s*\(/,
    beside: /timingSafeEqual|verifyPassword|comparePassword/,
  },
  { kind: 'jwt', provider: 'Base44', text: /from\s+['"]@base44\/sdk['"]/ },
];
