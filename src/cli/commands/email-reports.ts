import { addressOf, openDns } from '../../collect/dns/client.ts';
import { gatherReports } from '../../collect/mail/reports/gather.ts';
import { exitCodes } from '../../core/gate.ts';
import { reportBlocks } from '../../deliver/email-setup-reports.ts';
import { blockLines } from '../../report/terminal/blocks.ts';
import { paint } from '../../report/terminal/text.ts';
import type { Command } from '../command.ts';
import { loadConfig } from '../config.ts';
import { existing } from '../existing.ts';
import { teller } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

/** `launch-ready email reports FILE...`: who sends in the name of a domain, out of the DMARC reports of receivers. */
export const emailReports: Command = async (args, { signal }) => {
  if (args.operands.length === 0) throw new UsageError('Name the reports: files or folders.', 'launch-ready email reports reports/');
  const format = args.text('format') ?? 'terminal';
  if (format !== 'terminal' && format !== 'json')
    throw new UsageError(
      `--format ${format}: reports alone are shown as terminal or json.`,
      'launch-ready email example.com --reports reports/ --format html makes a page of them.',
    );
  const paths = existing(args.operands);
  const tell = teller(process.stderr, args.on('quiet') ?? false);
  const servers = loadConfig(process.cwd(), args.text('config'), tell.notice).domains?.resolvers?.map(addressOf);
  const reports = await gatherReports(paths, openDns({ ...(servers && { servers }), signal }));
  const screen = { width: Math.max(60, Math.min(process.stdout.columns || 100, 120)), paint: paint(false), verbose: true };
  process.stdout.write(
    format === 'json'
      ? `${JSON.stringify(reports, undefined, 2)}\n`
      : `${reportBlocks(reports)
          .flatMap((block) => blockLines(block, screen))
          .join('\n')}\n`,
  );
  return reports.reports > 0 ? exitCodes.ready : exitCodes['cannot-tell'];
};
