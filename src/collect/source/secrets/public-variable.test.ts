import { describe, expect, it } from 'vitest';
import { openTree } from '../tree.ts';
import { folderOf } from './fixtures/folder.ts';
import { livePrefixes, publicVariables, saysSecret } from './public-variable.ts';

describe('names that speak of secrets', () => {
  it.each([
    'VITE_SUPABASE_SERVICE_ROLE_KEY',
    'NEXT_PUBLIC_DATABASE_URL',
    'EXPO_PUBLIC_OPENAI_API_KEY',
    'REACT_APP_ADMIN_PASSWORD',
    'NUXT_PUBLIC_JWT_SECRET',
    'PUBLIC_STRIPE_SECRET_KEY',
    'GATSBY_GITHUB_TOKEN',
    'VUE_APP_PRIVATE_KEY',
    'VITE_GHL_API_KEY',
    'NEXT_PUBLIC_RESEND_API_KEY',
    'VITE_TWILIO_AUTH_TOKEN',
    'VITE_GEMINI_API_KEY',
    'VITE_STRIPE_WEBHOOK_SECRET',
  ])('%s', (name) => {
    expect(saysSecret(name)).toMatch(/^(?:a|an|the) /);
  });
  it.each([
    'VITE_SUPABASE_ANON_KEY',
    'VITE_SUPABASE_PUBLISHABLE_KEY',
    'NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY',
    'VITE_FIREBASE_API_KEY',
    'VITE_GOOGLE_MAPS_API_KEY',
    'NEXT_PUBLIC_POSTHOG_KEY',
    'NEXT_PUBLIC_SENTRY_DSN',
    'VITE_MAPBOX_TOKEN',
    'VITE_RECAPTCHA_SITE_KEY',
    'NEXT_PUBLIC_VAPID_PUBLIC_KEY',
    'VITE_PASSWORD_MIN_LENGTH',
    'VITE_PASSWORD_LOGIN',
    'VITE_RESET_PASSWORD_URL',
    'NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY',
    'VITE_API_URL',
    'VITE_GOOGLE_CLIENT_ID',
    'NEXT_PUBLIC_SECRETS_ENABLED',
    'JWT_SECRET',
    'NEXT_PUBLIC_ALGOLIA_SEARCH_KEY',
    'VITE_API_KEY',
    'NEXT_PUBLIC_SIGNING_CONTACT_INFO',
  ])('not %s', (name) => {
    expect(saysSecret(name)).toBeUndefined();
  });
});

describe('prefixes', () => {
  it('mean something only with the tool that reads them', () => {
    const live = (packages: Record<string, string>): string[] => [
      ...livePrefixes(openTree(folderOf({ 'package.json': JSON.stringify({ devDependencies: packages }) }))),
    ];
    expect(live({ vite: '^5' })).toEqual(['VITE_']);
    expect(live({ next: '15', '@sveltejs/kit': '2' })).toEqual(['NEXT_PUBLIC_', 'PUBLIC_']);
    expect(live({ express: '4' })).toEqual([]);
    expect(livePrefixes(openTree(folderOf({ 'index.html': '<p>' }))).size).toBe(8);
  });
});

describe('mentions', () => {
  it('are joined, the browser first', () => {
    const mention = { variable: 'VITE_OPENAI_API_KEY', line: 1, code: true, client: false };
    expect(
      publicVariables([
        { ...mention, file: '.env.example', code: false },
        { ...mention, file: 'server.ts' },
        { ...mention, file: 'src/ai.ts', client: true },
      ]),
    ).toMatchObject([
      {
        variable: 'VITE_OPENAI_API_KEY',
        usedBy: 'client',
        place: { file: 'src/ai.ts' },
        places: [{ file: 'src/ai.ts' }, { file: 'server.ts' }, { file: '.env.example' }],
      },
    ]);
    expect(publicVariables([{ ...mention, file: '.env', code: false }])[0]?.usedBy).toBe('declared');
    expect(publicVariables([{ ...mention, file: 'server.ts' }])[0]?.usedBy).toBe('other-code');
  });
});
