import { commandHelp, mainHelp } from './help.ts';
import { commands, type CommandName } from './flags.ts';

// Help and version are answered before anything else is loaded: they cost little more than starting Node.
const [command = '--help', ...rest] = process.argv.slice(2);
const asksForHelp = rest.includes('--help') || rest.includes('-h');

if (command === '--help' || command === '-h' || (command === 'help' && rest.length === 0)) process.stdout.write(mainHelp());
else if (command === '--version' || command === '-V') {
  const { version } = await import('./version.ts');
  process.stdout.write(`${version}\n`);
} else if (asksForHelp && Object.hasOwn(commands, command)) process.stdout.write(commandHelp(command as CommandName));
else if (command === 'help' && rest[0] !== undefined && Object.hasOwn(commands, rest[0]))
  process.stdout.write(commandHelp(rest[0] as CommandName));
else {
  const { dispatch } = await import('./dispatch.ts');
  await dispatch(command, rest);
}
