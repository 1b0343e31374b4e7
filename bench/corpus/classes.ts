/** Kinds of flaws in the words of those who read the repos, and the checks of ours that may find them. A class that is missing here is one we have no check for. */
const access = [
  'unauthenticated-data-route',
  'unauthenticated-write',
  'edge-function-open',
  'open-server-action',
  'middleware-bypass',
  'missing-role-check',
];

const classes: Readonly<Record<string, readonly string[]>> = {
  'open-mail-relay': ['open-mail-relay'],
  'first-user-admin': ['first-user-admin'],
  'rls-using-true': ['rls-always-true'],
  'rls-intent-mismatch': ['rls-always-true', 'rls-authenticated-only'],
  'rls-privilege-column': ['privilege-column-writable'],
  'rls-missing': ['rls-disabled'],
  'storage-anon-write': ['storage-open'],
  'signup-metadata-role': ['signup-metadata-role'],
  'signup-metadata-tenant': ['signup-metadata-role'],
  'middleware-skips-api': ['middleware-bypass', 'middleware-only-auth'],
  'middleware-bypass': ['middleware-bypass'],
  'missing-auth': [
    ...access,
    'open-mail-relay',
    'open-paid-service',
    'debug-endpoint',
    'object-without-ownership',
    'password-set-without-proof',
  ],
  'client-side-auth': access,
  'presence-only': access,
  'unverified-token': ['unverified-session', ...access],
  'getsession-trust': ['unverified-session'],
  'missing-role-check': ['missing-role-check', 'object-without-ownership', 'unauthenticated-write', 'unauthenticated-data-route'],
  'privilege-escalation': ['mass-assignment', 'missing-role-check', 'object-without-ownership', 'privilege-column-writable'],
  idor: ['object-without-ownership', 'unauthenticated-data-route', 'unauthenticated-write', 'missing-role-check'],
  'mass-assignment': ['mass-assignment'],
  'auth-no-proof': ['password-set-without-proof', 'login-without-proof', 'unauthenticated-write', 'unauthenticated-data-route'],
  'debug-endpoint': ['debug-endpoint', 'unauthenticated-data-route'],
  'webhook-unverified': ['webhook-unverified', 'unauthenticated-write'],
  'no-rate-limit': ['no-rate-limit'],
  ssrf: ['server-side-request-forgery'],
  'firestore-any-user': ['firebase-rules-open'],
  'secret-service-role-jwt': ['secret-in-source', 'secret-in-env-file', 'secret-in-client', 'secret-with-public-prefix'],
  'secret-hardcoded': ['secret-in-source', 'secret-in-env-file', 'secret-in-client'],
  'secret-default': ['secret-in-source'],
  'secret-stripe': ['secret-in-source'],
};

/** Ids of the checks that may find a flaw of this class; `undefined` when there is none. */
export const checksFor = (flawClass: string): readonly string[] | undefined => classes[flawClass]?.map((name) => `audit/${name}`);
