import { commandHelp, mainHelp } from './help.ts';
import { commands, type CommandName } from './outlines.ts';

// Help and version are answered before anything else is loaded: they cost little more than starting Node.
const [first = '--help', ...others] = process.argv.slice(2);
/** Some commands have two words. */
const twoWords = (words: readonly string[]): string =>
  Object.hasOwn(commands, words.slice(0, 2).join(' ')) ? words.slice(0, 2).join(' ') : (words[0] ?? '');
const command = twoWords([first, ...others]);
const rest = command === first ? others : others.slice(1);
const about = rest.length === 0 ? undefined : twoWords(rest);
const asksForHelp = rest.includes('--help') || rest.includes('-h');

if (command === '--help' || command === '-h' || (command === 'help' && rest.length === 0)) process.stdout.write(mainHelp());
else if (command === '--version' || command === '-V') {
  const { version } = await import('./version.ts');
  process.stdout.write(`${version}\n`);
} else if (asksForHelp && Object.hasOwn(commands, command)) process.stdout.write(commandHelp(command as CommandName));
else if (command === 'help' && about !== undefined && Object.hasOwn(commands, about))
  process.stdout.write(commandHelp(about as CommandName));
else {
  const { dispatch } = await import('./dispatch.ts');
  await dispatch(command, rest);
}
