import { checks } from '../../checks/index.ts';
import type { Command } from '../command.ts';
import { checkPage } from '../check-page.ts';
import { knownCheck } from '../plan.ts';

/** `launch-ready explain CHECK`: prints the page of docs/checks. A finding's id does as well. */
export const explain: Command = (args) => {
  const [asked] = args.operands;
  if (asked === undefined) {
    const width = Math.max(...checks.map(({ id }) => id.length));
    process.stdout.write(`${checks.map(({ id, doc }) => `${id.padEnd(width)}  ${doc.title}`).join('\n')}\n`);
  } else process.stdout.write(checkPage(knownCheck(asked.split('#', 1)[0] ?? asked)));
  return Promise.resolve(0);
};
