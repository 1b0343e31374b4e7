import { undo } from '../../collect/provider/cloudflare/apply/session.ts';
import { exitCodes } from '../../core/gate.ts';
import type { Command } from '../command.ts';
import { edgeTarget, withZone } from '../edge-session.ts';
import { doneLines } from '../edge-text.ts';

/** `launch-ready edge undo [FOLDER]`: puts the zone back to where it was before the last apply, by its journal. */
export const edgeUndo: Command = (args, session) =>
  withZone(edgeTarget(args, session), args, session, async (options) => {
    const undone = await undo(options, args.on('force') ?? false, (call) => {
      for (const line of doneLines(call)) process.stdout.write(`${line}\n`);
    });
    process.stdout.write(
      undone ? `The apply of ${undone.at.slice(0, 16).replace('T', ' ')} is undone.\n` : 'Nothing was applied that could be undone.\n',
    );
    return exitCodes.ready;
  });
