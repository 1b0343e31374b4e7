import { commandHelp, mainHelp } from './help.ts';
import { commands, type CommandName } from './flags.ts';

// Help and version are answered before anything else is loaded: they cost little more than starting Node.
const [first = '--help', ...others] = process.argv.slice(2);
/** Some commands have two words: `access cleanup`, `email reports`. */
const isCommand = (words: readonly string[]): boolean => words.length === 2 && Object.hasOwn(commands, words.join(' '));
const [command, rest] = isCommand([first, ...others.slice(0, 1)]) ? [`${first} ${others[0]}`, others.slice(1)] : [first, others];
const about = isCommand(rest.slice(0, 2)) ? rest.slice(0, 2).join(' ') : rest[0];
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
