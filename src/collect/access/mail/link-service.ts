/** What stands between a mail and the app: a service that signs people in for it, or one that counts clicks and sends readers on. */
export interface LinkService {
  readonly does: 'signs in' | 'counts clicks';
  /** Absent where only the address tells what it is. */
  readonly name?: string;
}

/** Domains of services, and what stands below them. */
const identityHosts: readonly (readonly [name: string, host: RegExp])[] = [
  ['Supabase', /\.supabase\.(?:co|in)$/],
  ['Auth0', /\.auth0\.com$/],
  ['Clerk', /\.clerk\.accounts\.dev$|\.accounts\.dev$|(?:^|\.)clerk\.(?:com|services)$/],
  ['Firebase', /\.firebaseapp\.com$|^identitytoolkit\.googleapis\.com$/],
  ['Cognito', /\.amazoncognito\.com$|^cognito-idp\.[a-z0-9-]+\.amazonaws\.com$/],
  ['Okta', /\.okta(?:preview|-emea)?\.com$/],
  ['Stytch', /^(?:api|test)\.stytch\.com$/],
  ['WorkOS', /\.workos\.com$|\.authkit\.app$/],
  ['Kinde', /\.kinde\.com$/],
  ['Microsoft Entra', /\.(?:b2clogin|ciamlogin)\.com$|^login\.microsoftonline\.com$/],
  ['Descope', /\.descope\.com$/],
  ['PropelAuth', /\.propelauth(?:test)?\.com$/],
  ['Nhost', /\.nhost\.run$/],
  ['Ory', /\.oryapis\.com$/],
];

/** Routes of theirs, which keep their names on a domain of the customer. */
const identityPaths: readonly (readonly [name: string, path: RegExp])[] = [
  ['Supabase', /^\/auth\/v1\/(?:verify|callback|authorize|magiclink|recover)\b/],
  [
    'Auth0',
    /^\/lo\/(?:verify_email|reset)\b|^\/passwordless\/verify_redirect\b|^\/u\/(?:email-verification|reset-verify|reset-password)\b/,
  ],
  ['Clerk', /^\/v1\/(?:verify|tickets\/accept)\b/],
  ['Firebase', /^\/__\/auth\//],
  ['Keycloak', /^(?:\/auth)?\/realms\/[^/]+\/(?:login-actions|protocol)\//],
  ['Ory', /^\/self-service\//],
];

const clickHosts =
  /\.(?:sendgrid\.net|list-manage\.com|mandrillapp\.com|awstrack\.me|pstmrk\.it|mjt\.lu|mailjet\.com|resend-(?:clicks|links)\.com|hubspotlinks\.com|hubspotemail\.net|customeriomail\.com|intercom-(?:clicks|links)\.com|klclick\d*\.com|sendib[mt]\d*\.com|brevo\.com|sparkpostmail\.com|rs6\.net|cmail\d+\.com|safelinks\.protection\.outlook\.com)$/;
/** Hosts below the customer's own domain by the names that services give them: `url1234.example.com`. */
const clickNames = /^url\d{2,6}\./;
const clickPaths = /^\/(?:ls|wf|ss|uni)\/(?:click|c)\b|^\/(?:CL|L)0\/|^\/track\/click\b|^\/lnk\/|^\/e\/c\/|^\/tr\/cl\/|^\/c\/eJ/;

/** The service that a link of a mail leads to; `undefined` where it leads to none that is known by its host or its path. */
export function serviceOf({ hostname, pathname }: URL): LinkService | undefined {
  const is = (known: typeof identityHosts, text: string): string | undefined => known.find(([, pattern]) => pattern.test(text))?.[0];
  const name = is(identityHosts, hostname) ?? is(identityPaths, pathname);
  if (name !== undefined) return { does: 'signs in', name };
  return clickHosts.test(hostname) || clickNames.test(hostname) || clickPaths.test(pathname) ? { does: 'counts clicks' } : undefined;
}
