import { wrap } from '../report/terminal/text.ts';
import { type Flag, flags } from './flags.ts';
import { type CommandName, type CommandOutline, commands } from './outlines.ts';

/** Columns that a line takes at most. */
const widest = 100;

const exitCodes = 'Exit codes: 0 ready, 1 not ready, 2 wrong call or config, 3 could not tell, 70 an error of ours.';

/** The first page: what it is for and which commands there are. */
export function mainHelp(): string {
  const rows = Object.entries(commands).map(([name, command]): [string, string] => [name, command.summary]);
  return [
    'launch-ready finds out whether a real customer can use your app today, and what to fix first.',
    '',
    'Usage: launch-ready COMMAND [FOLDER] [URL]',
    '',
    ...columns(rows),
    '',
    'Start here:  launch-ready audit            your code, in the current folder',
    '             launch-ready audit URL        your running app, read-only',
    '             launch-ready access           your database, rebuilt and tried as other customers',
    '',
    'launch-ready COMMAND --help tells more of a command.',
    exitCodes,
    '',
  ].join('\n');
}

/** One command's page. */
export function commandHelp(name: CommandName): string {
  const command: CommandOutline = commands[name];
  const rows = command.flags.map((flag): [string, string] => [flagLabel(flag, flags[flag]), command.takes?.[flag] ?? flags[flag].help]);
  return [
    ...wrap(`launch-ready ${name}: ${command.summary}.`, widest),
    '',
    `Usage: launch-ready ${name} ${command.operands} [OPTIONS]`.replace(/ {2,}/g, ' '),
    ...(command.note === undefined ? [] : ['', ...wrap(command.note, widest)]),
    '',
    ...columns(rows),
    '',
    ...command.examples.map((example) => `  $ ${example}`),
    '',
    exitCodes,
    '',
  ].join('\n');
}

const flagLabel = (name: string, flag: Flag): string =>
  [
    flag.short === undefined ? '' : `-${flag.short}, `,
    `--${flag.negative ? 'no-' : ''}${name}`,
    flag.value === undefined ? '' : ` ${flag.value}`,
  ].join('');

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.flatMap(([label, text]) =>
    wrap(text, Math.max(40, widest - width - 4)).map((line, nth) => `  ${(nth === 0 ? label : '').padEnd(width)}  ${line}`),
  );
}
