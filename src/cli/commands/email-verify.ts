import { mailWanted } from '../../collect/mail/wanted.ts';
import type { Arguments } from '../arguments.ts';
import type { Command, Session } from '../command.ts';
import { UsageError } from '../usage-error.ts';
import { domainsFor, ended, paceOf, tellingOf, watched } from '../watch.ts';

/** `launch-ready email verify [FOLDER] [DOMAIN]`: whether every name server and resolver has the records that mail of the domain needs; again and again with `--watch`. */
export const emailVerify: Command = (args, session) => verifyMail(args, session, args.on('watch') === true);

/** The same for `email --watch`. */
export async function verifyMail(args: Arguments, { signal }: Session, isWatching: boolean): Promise<number> {
  const telling = tellingOf(args);
  const pace = isWatching ? paceOf(args) : undefined;
  const domains = domainsFor(args);
  const { wanted, untold } = mailWanted(domains);
  if (wanted.length === 0)
    throw new UsageError(
      `Nothing is wanted of the DNS: launch-ready.yaml names no mail of ${domains.apex}.`,
      `Write under domains.mail who sends, e.g. { name: ${domains.apex}, senders: [google], selectors: [google] }; senders: [] where nobody does.`,
    );
  for (const one of untold) telling.say(`${one}\n`);
  const seen = await watched(domains, wanted, { pace, signal, say: telling.say });
  if (seen.outcome === 'there' && untold.length > 0) telling.say('Not all that mail needs could be looked for: see above.\n');
  if (!isWatching && seen.outcome !== 'there') telling.say('With --watch it is asked again until all is there.\n');
  return ended(domains, seen, { format: telling.format, signal, untold });
}
