/**
 * Which rules of other tools speak of the same weakness as a check of ours. Generous on purpose: a rule counts when its name is about the right
 * kind of weakness, whatever it really looks at. Read off the tools' own rule lists.
 */
const access = /NO_AUTH|AUTH_CHECK|UNPROTECTED|CRUD_NO_AUTH|TODO_AUTH|SERVER_NO_AUTH/;
const rowSecurity = /SUPABASE/;
const secrets = /^SECRET |SECRET|KEY_IN|HARDCODED|secretlint-rule|SERVICE_KEY|TOKEN|CREDENTIAL/;

const rules: Readonly<Record<string, RegExp>> = {
  'audit/unauthenticated-data-route': access,
  'audit/unauthenticated-write': access,
  'audit/open-server-action': access,
  'audit/edge-function-open': access,
  'audit/middleware-only-auth': /MIDDLEWARE|NEXTJS|KNOWN_|CVE|NO_AUTH|AUTH_CHECK/,
  'audit/middleware-bypass': /MIDDLEWARE|NO_AUTH|AUTH_CHECK|UNPROTECTED|REGEX|unsafe-regex/,
  'audit/unverified-session': /SESSION|JWT|NO_AUTH|AUTH_CHECK/,
  'audit/missing-role-check': /ADMIN|ROLE|NO_AUTH|AUTH_CHECK|UNPROTECTED/,
  'audit/client-only-role-check': /ADMIN|ROLE|NO_AUTH|AUTH_CHECK|UNPROTECTED/,
  'audit/object-without-ownership': /BOLA|IDOR|OWNERSHIP|TENANT/,
  'audit/mass-assignment': /MASS_ASSIGNMENT|SPREAD_BODY|object-injection/,
  'audit/csrf-missing': /CSRF|SAMESITE/,
  'audit/no-rate-limit': /RATE_LIMIT/,
  'audit/password-set-without-proof': /PASSWORD|NO_AUTH|AUTH_CHECK/,
  'audit/webhook-unverified': /WEBHOOK|HMAC|TIMING|timing-attacks/,
  'audit/server-side-request-forgery': /SSRF/,
  'audit/debug-endpoint': /DEBUG|STACK|VERBOSE|EXCESSIVE_DATA/,
  'audit/open-mail-relay': /MAIL|HEADER_INJECTION|NO_AUTH|AUTH_CHECK|UNPROTECTED/,
  'audit/source-maps': /SOURCE_?MAP/,
  'audit/firebase-rules-open': /FIREBASE/,
  'audit/storage-open': /SUPABASE|STORAGE|BUCKET/,
  'audit/signup-metadata-role': /SUPABASE|ROLE|PRIVILEGE|METADATA/,
  'audit/first-user-admin': /SUPABASE|ROLE|PRIVILEGE|ADMIN/,
  'audit/privilege-column-writable': /SUPABASE|ROLE|PRIVILEGE/,
  'audit/membership-self-insert': /SUPABASE|ROLE|PRIVILEGE|TENANT/,
  'audit/definer-function-open': rowSecurity,
  'audit/definer-view': rowSecurity,
  'audit/rls-always-true': rowSecurity,
  'audit/rls-authenticated-only': rowSecurity,
  'audit/rls-disabled': rowSecurity,
  'audit/secret-in-source': secrets,
  'audit/secret-in-env-file': secrets,
  'audit/secret-in-client': /^SECRET |SECRET|SERVICE_KEY|HARDCODED|secretlint-rule/,
  'audit/secret-with-public-prefix': /^SECRET |SECRET|SERVICE_KEY|HARDCODED|FRONTEND|PUBLIC|secretlint-rule/,
};

/** True when a rule of another tool speaks of what the check looks for. */
export const speaksOf = (rule: string, check: string): boolean => rules[check]?.test(rule) ?? false;
