import { apply } from '../../collect/provider/cloudflare/apply/session.ts';
import { verifyOutside } from '../../collect/provider/cloudflare/apply/verify.ts';
import type { Change } from '../../collect/provider/cloudflare/plan/change.ts';
import { exitCodes } from '../../core/gate.ts';
import { plural } from '../../core/wording.ts';
import type { Command } from '../command.ts';
import { edgeTarget, withZone } from '../edge-session.ts';
import { changeLine, doneLines, seenText } from '../edge-text.ts';

/** `launch-ready edge apply [FOLDER]`: does what `edge plan` showed, each call written down before it is sent, and looks from outside whether it is so. */
export const edgeApply: Command = async (args, session) => {
  const target = edgeTarget(args, session);
  return withZone(target, args, session, async (options) => {
    const made: Change[] = [];
    const { done, left, nameServers } = await apply(options, (call) => {
      if (call.is === 'records') made.push(...call.changes);
      for (const line of doneLines(call)) process.stdout.write(`${line}\n`);
    });
    if (done === 0) {
      process.stdout.write('Nothing is to be done.\n');
      return exitCodes.ready;
    }
    const connect = target.domains?.connect;
    const seen = await verifyOutside({ open: () => target.openDns(), nameServers, changes: made, ...(connect && { connect }) });
    process.stdout.write(seenText(seen));
    for (const one of left.changes) process.stdout.write(`still to do  ${changeLine(one)}\n`);
    if (left.held.length > 0) process.stdout.write(`${plural(left.held.length, 'change')} held back: launch-ready edge plan says why.\n`);
    const isSeen = seen.every(({ outcome }) => outcome === 'seen');
    return left.changes.length > 0 ? exitCodes['not-ready'] : isSeen ? exitCodes.ready : exitCodes['cannot-tell'];
  });
};
