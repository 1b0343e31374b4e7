import { parseArgs } from 'node:util';
import { type Flag, type FlagName, flags } from './flags.ts';
import { type CommandName, type CommandOutline, commands } from './outlines.ts';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/** What the user typed after the command, checked against its outline. */
export interface Arguments {
  readonly operands: readonly string[];
  /** Whether the command has a flag at all. */
  takes(flag: FlagName): boolean;
  /** The last value of a flag. */
  text(flag: FlagName): string | undefined;
  /** All values of a repeatable flag. */
  all(flag: FlagName): readonly string[];
  /** True or false as given; `undefined` when not given. */
  on(flag: FlagName): boolean | undefined;
}

/** Parses `argv`; throws `UsageError` for unknown flags, missing values and too many operands. */
export function parseArguments(name: CommandName, argv: readonly string[]): Arguments {
  const command: CommandOutline = commands[name];
  const allowed = new Map<string, Flag>(command.flags.map((flag) => [flag, flags[flag]]));
  const options = Object.fromEntries(
    [...allowed].map(([flag, { type, short }]) => [flag, { type, ...(short !== undefined && { short }) }]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: false, tokens: true });
  const operands: string[] = [];
  const texts = new Map<string, string[]>();
  const switches = new Map<string, boolean>();
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const positive = token.name.replace(/^no-/, '');
    const flag = allowed.get(token.name);
    if (flag?.type === 'string') texts.set(token.name, valuesOf(token, flag, texts.get(token.name)));
    else if (flag) switches.set(token.name, switchValue(token));
    else if (token.name.startsWith('no-') && allowed.get(positive)?.type === 'boolean') switches.set(positive, false);
    else throw unknownFlag(name, token.rawName, allowed.keys());
  }
  if (operands.length > command.maxOperands)
    throw new UsageError(
      `Too many arguments: ${operands.slice(command.maxOperands).join(' ')}`,
      `Usage: launch-ready ${name} ${command.operands} [OPTIONS]`.replace(/ {2,}/g, ' '),
    );
  return {
    operands,
    takes: (flag) => allowed.has(flag),
    text: (flag) => texts.get(flag)?.at(-1),
    all: (flag) => texts.get(flag) ?? [],
    on: (flag) => switches.get(flag),
  };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function valuesOf(token: OptionToken, flag: Flag, before: readonly string[] = []): string[] {
  const { value } = token;
  // `--output --quiet` is a forgotten value, not a file named --quiet; `-` alone is the screen.
  if (value === undefined || value === '' || (!token.inlineValue && value.startsWith('-') && value !== '-'))
    throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${flag.value}`);
  if (before.length > 0 && !flag.repeatable) throw new UsageError(`${token.rawName} was given twice.`);
  return [...before, value];
}

function switchValue(token: OptionToken): boolean {
  if (token.value === undefined || token.value === 'true') return true;
  if (token.value === 'false') return false;
  throw new UsageError(`${token.rawName} takes no value.`);
}

function unknownFlag(name: CommandName, rawName: string, known: Iterable<string>): UsageError {
  const spelled = [...known].map((flag) => `--${flag}`);
  return new UsageError(
    `launch-ready ${name} has no option ${rawName}.`,
    didYouMean(rawName, spelled) ?? `launch-ready ${name} --help lists the options.`,
  );
}
