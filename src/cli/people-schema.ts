import type { Schema } from './config-schema.ts';

/** A text that says something. */
export const text = (description: string): Schema => ({ type: 'string', description, minLength: 1 });

/** The name of an environment variable. */
export const variable = (description: string): Schema => ({ type: 'string', description, pattern: '^[A-Za-z_][A-Za-z0-9_]*$' });

const key: Schema = {
  type: 'object',
  description:
    'An API key that says who this person is, instead of a sign-in. As Authorization: Bearer <key>, unless header, scheme or query say otherwise.',
  properties: {
    from: variable('Name of the environment variable that holds the key.'),
    header: { type: 'string', description: 'Header that takes it as it is, e.g. X-Api-Key.', pattern: '^[A-Za-z0-9-]+$' },
    scheme: { type: 'string', description: 'Word in front of it, e.g. Api-Key.', pattern: '^[A-Za-z0-9-]+$' },
    query: { type: 'string', description: 'Parameter of the address that takes it, e.g. api_key.', pattern: '^[A-Za-z0-9_.-]+$' },
  },
  required: ['from'],
  additionalProperties: false,
};

/** Somebody who signs in to the running app. */
export const person: Schema = {
  type: 'object',
  properties: {
    name: text('How the reports call this person.'),
    tenant: text('The customer organisation of this person.'),
    role: text('The role of this person, as your app calls it.'),
    administrator: { type: 'boolean', description: 'Runs the app and may see everything.' },
    expendable: {
      type: 'boolean',
      description: 'An account made for testing: its role may be changed, and it may be locked out.',
    },
    email: text('What the person signs in with.'),
    username: text('What the person signs in with where that is no e-mail address.'),
    passwordFrom: variable(
      'Name of the environment variable that holds the password; none for who signs in by mail or has a key. The password itself does not belong into a file.',
    ),
    totpFrom: variable(
      'Name of the environment variable that holds the secret of the authenticator app (base32, or an otpauth:// address), where a code is asked for after the password.',
    ),
    key,
    basic: { type: 'boolean', description: 'Name and password go with each request (HTTP Basic), instead of a sign-in.' },
    headers: {
      type: 'array',
      description:
        'Headers that the app wants with whatever this person sends, e.g. "X-Tenant: acme"; what lets somebody in goes under key. Recordings tell of them too.',
      items: { type: 'string', description: 'a header with its value, e.g. "X-Tenant: acme"', pattern: '^[A-Za-z0-9-]+: *[^ ].*$' },
    },
  },
  required: ['name', 'email'],
  additionalProperties: false,
};

const here = String.raw`^https?://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?(/\S*)?$`;

/** Where people sign in elsewhere. */
export const identityProvider: Schema = {
  type: 'object',
  description:
    'Where people sign in who do not at the app itself: one of oidc, supabase and firebase on this machine, or a development instance of clerk.',
  properties: {
    oidc: {
      type: 'string',
      description: 'Address of the identity provider to which the app leads (OpenID Connect), e.g. http://localhost:9000.',
      pattern: here,
    },
    supabase: { type: 'string', description: 'Address of Supabase, e.g. http://127.0.0.1:54321; needs keyFrom.', pattern: here },
    firebase: {
      type: 'string',
      description: 'Address of the emulator of Firebase Authentication, e.g. http://127.0.0.1:9099; needs keyFrom.',
      pattern: here,
    },
    clerk: {
      type: 'string',
      description:
        'Publishable key of a development instance of Clerk (pk_test_…), which is no secret; app: the key that the pages of the app show.',
      pattern: '^(app|pk_test_[A-Za-z0-9+/_=-]+)$',
    },
    keyFrom: variable('Name of the environment variable that holds the public key of the project (Supabase: anon key, Firebase: API key).'),
  },
  additionalProperties: false,
};
