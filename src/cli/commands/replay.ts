import { stageOf } from '../../core/check.ts';
import type { Finding } from '../../core/finding.ts';
import { exitCodes } from '../../core/gate.ts';
import { livePartsFor } from '../../evidence/live-parts.ts';
import type { Command } from '../command.ts';
import { perform } from '../perform.ts';
import { knownCheck, makePlan } from '../plan.ts';
import { teller } from '../progress.ts';
import { UsageError } from '../usage-error.ts';
import { replayAnswer } from '../replay-answer.ts';

/** `launch-ready replay ID [FOLDER] [URL]`: runs the finding's check again and says whether it is still there. */
export const replay: Command = async (args, session) => {
  const [id, ...operands] = args.operands;
  if (id === undefined) throw new UsageError('Which finding?', "Its id stands in the report: launch-ready replay 'audit/name#1a2b3c4d' .");
  const [, checkId, fingerprint] = /^([^#]+)#([0-9a-f]{8,16})$/.exec(id) ?? [];
  if (checkId === undefined || fingerprint === undefined)
    throw new UsageError(
      `${id} is no finding's id.`,
      'It looks like audit/name#1a2b3c4d. In a shell it needs quotes, because # starts a comment.',
    );
  const check = knownCheck(checkId);
  const tell = teller(process.stderr, args.on('quiet') ?? false);
  const whole = makePlan(args, operands, [stageOf(check)], tell.notice);
  const plan = { ...whole, target: { ...whole.target, parts: livePartsFor([check.id]) }, checks: [check], off: [] };
  const { run } = await perform(plan, session, tell);
  const record = run.checks[0];
  const isSame = (finding: Finding): boolean => finding.fingerprint.startsWith(fingerprint);
  const answer = replayAnswer(run.findings, isSame, record?.wants ?? []);
  process.stdout.write(`${answer.lines.join('\n')}\n`);
  return exitCodes[answer.status];
};
