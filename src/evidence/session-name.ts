/** Names that session libraries use; the second part keeps out look-alikes that scripts of other services set. */
const session =
  /(^|[-_.])(session|sessid|sess|sid|auth|jwt|token|login|remember)([-_.]|$)|session(id|_?token)?$|^(PHPSESSID|JSESSIONID|ASP\.NET_SessionId)$/i;
const notOurs =
  /csrf|xsrf|^_?(ga|gid|gcl|fbp|hj|ph|ajs|mp|rl|rs)_|^_hj|intercom|hubspot|stripe|^__cf|^cf_|datadome|^_vercel|awsalb|arraffinity|nonce|state$|verifier|verification|consent|callback-url|hint|redirect|theme|locale|preview|analytics|optimizely|shopify|^last[-_]/i;

/** Whether a cookie looks by its name like the one that keeps somebody signed in. */
export const isSessionCookie = (name: string): boolean => session.test(name) && !notOurs.test(name);
