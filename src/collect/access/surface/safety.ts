import type { Operation } from './operation.ts';

/**
 * Words in a path that promise harm: what they do cannot be undone, costs money, reaches people outside or ends what the run needs. Told and never
 * sent unless the user names the operation.
 */
const harmful =
  /(?:^|[/_.-])(?:reset|drop|truncate|purge|wipe|destroy|nuke|seed|createdb|migrate|restore|rollback|shutdown|restart|reboot|flush|reindex|pay|payments?|charge|checkout|refund|payout|transfer|withdraw|send|resend|notify|broadcast|invite|invitations?|e?mail|sms|publish|deploy|impersonate|deactivate|suspend|ban|unsubscribe|cancel|close-account|export-all|import|sync|backup|webhooks?|cron|jobs?|run|exec|execute|2fa|mfa|otp|totp)s?(?:$|[/_.-])/i;
/** Ends the session, or changes how its owner gets in. */
const endsSession = /(?:^|[/_.-])(?:log-?out|sign-?out|revoke|password|passwd|change-?password|delete-?account|token)s?(?:$|[/_.-])/i;
/** A GET that changes something (seen on running apps): never asked by a crawler. */
const changingGet =
  /(?:^|[/_.-])(?:delete|remove|create|update|add|set|toggle|approve|reject|confirm|activate|disable|enable|unsubscribe|reset)(?:$|[/_.-])/i;

/** The same where one thing is named behind it: `/tasks/complete/7`. */
const changingOne =
  /(?:^|[/_.-])(?:(?:un)?complete|finish|close|reopen|(?:un)?archive|accept|decline|(?:un)?publish|(?:down|up)?vote|(?:un)?like|(?:un)?follow|(?:un)?mark|(?:un)?assign|move|start|stop)(?:-[a-z-]+)?\/\{[^}]+\}\/?$/i;

/** What is done with one thing, and reaches people, costs something, or makes what nothing removes again: `POST /invoices/{id}/remind`. */
const reaching =
  /\}\/(?:remind|finali[sz]e|submit|share|forward|reply|sign|ship|buy|book|order|renew|subscribe|call|contact|duplicate|copy|clone|convert|generate|process|trigger)(?:-[a-z-]+)?\/?$/i;

/** Why an operation is not sent by itself; `undefined` where it may be. */
export function dangerOf({ method, path, way, danger }: Pick<Operation, 'method' | 'path' | 'way' | 'danger'>): string | undefined {
  if (danger !== undefined) return danger;
  if (way) return dangerOf({ method: way.kind === 'query' ? 'GET' : 'POST', path: asPath(way.name) });
  const word = harmful.exec(path) ?? endsSession.exec(path) ?? (method === 'GET' ? null : reaching.exec(path));
  if (word && !(method === 'GET' && readable.test(path)))
    return `its address says “${word[0].replace(/^\}?[/_.-]|[/_.-]$/g, '')}”, which may do something that cannot be undone`;
  if (method === 'GET') {
    const changes = changingGet.exec(path) ?? changingOne.exec(path);
    if (changes) return `it is a GET whose address says “${changes[0].replace(/^[/_.-]|\/\{.*|[/_.-]$/g, '')}”`;
  }
  return undefined;
}

/** `order.sendReminder` → `/order/send-reminder`. */
const asPath = (name: string): string =>
  `/${name
    .replaceAll('.', '/')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()}`;

/** Whether a GET changes one thing and nothing else, by its address. */
export const onlyChanges = (path: string): boolean =>
  !harmful.test(path) && !endsSession.test(path) && (changingGet.test(path) || changingOne.test(path));

/** Lists and items of things that are only named like deeds. */
const readable =
  /\/(?:payments?|invitations?|invites|webhooks?|jobs|imports|exports|backups|refunds|payouts|transfers|emails?|tokens?)(?:\/\{[^}]+\})?\/?(?:\?|$)/i;

/**
 * What a query says that is done: `?controller=task&action=removeAll`, `?switch=enable`. A GET with a token against forged requests changes something by
 * its own account: nothing else needs one (seen on a running app: a link that makes a project public).
 */
export function deedIn(path: string): string | undefined {
  const query = [...new URLSearchParams(path.split('?')[1] ?? '')];
  if (query.some(([name]) => /csrf|xsrf|authenticity_?token|^_token$|nonce/i.test(name)))
    return 'it is a GET with a token against forged requests';
  return query
    .filter(([name]) => /^(?:action|act|do|op|cmd|command|task|mode|switch|event|method)$/i.test(name))
    .map(([, value]) => value.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase())
    .map((word) => dangerOf({ method: 'GET', path: `/${word}` }))
    .find((one) => one !== undefined);
}
