import { plan } from '../../collect/provider/cloudflare/apply/session.ts';
import { exitCodes } from '../../core/gate.ts';
import { clickHosts, hostsText } from '../click-hosts.ts';
import { clickRecords, clickText } from '../click-records.ts';
import type { Command } from '../command.ts';
import { edgeTarget, withZone } from '../edge-session.ts';
import { planText } from '../edge-text.ts';
import { UsageError } from '../usage-error.ts';

/** `launch-ready edge plan [FOLDER]`: what is to be done with the zone at Cloudflare, or at another DNS host by hand. Changes nothing. */
export const edgePlan: Command = async (args, session) => {
  const target = edgeTarget(args, session);
  if (target.given && !args.on('records'))
    return withZone(target, args, session, async (options) => {
      const { plan: made, resumes } = await plan(options);
      process.stdout.write(planText(made));
      if (resumes)
        process.stdout.write(
          'An earlier apply broke off: launch-ready edge apply goes on with it, launch-ready edge undo takes it back.\n',
        );
      return made.refusal === undefined ? exitCodes.ready : exitCodes['not-ready'];
    });
  const { domains } = target;
  if (!domains) throw new UsageError('Nobody says which domain is meant.', 'Write it under domains in launch-ready.yaml.');
  const dns = target.openDns();
  const [records, hosts] = await Promise.all([clickRecords(dns, domains), clickHosts(dns, domains)]);
  process.stdout.write(`${clickText(domains.apex, records)}\n${hostsText(domains, hosts)}`);
  return exitCodes.ready;
};
