import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isHostName, refuseMisnamed } from './domain-name.ts';
import { reasonOf } from './file-error.ts';
import { shellQuote } from './shell-quote.ts';
import { UsageError } from './usage-error.ts';

/** The folder and the address among the operands, checked. */
export interface Aim {
  /** Absolute path. */
  readonly root?: string;
  readonly url?: URL;
  /** The address was given as the bare name of a host: a domain is meant. */
  readonly isName?: true;
  /** As the user typed it, quoted for a shell. */
  readonly typed: string;
}

/**
 * Tells folder and address apart, in any order. `domains`: the name of a host stands for its address, unless there is such a folder. Throws `UsageError` for
 * what is neither, or twice the same.
 */
export function aimAt(typed: readonly string[], domains = false): Aim {
  const isThere = (one: string): boolean => existsSync(resolve(one));
  const isName = (one: string): boolean => domains && isHostName(one) && !isThere(one);
  const operands = typed.map((one) => (isName(one) ? `https://${one.replace(/\.$/, '')}` : one));
  let root: string | undefined;
  let url: URL | undefined;
  for (const operand of operands) {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(operand)) {
      if (url) throw new UsageError('Two addresses were given; one is needed.');
      url = parseAddress(operand);
    } else {
      if (domains && !isThere(operand)) refuseMisnamed(operand);
      if (root !== undefined) throw new UsageError('Two folders were given; one is needed.', 'An address starts with https://.');
      root = checkFolder(operand);
    }
  }
  return {
    ...(root !== undefined && { root }),
    ...(url && { url }),
    ...(typed.some(isName) && { isName: true }),
    typed: typed.map(shellQuote).join(' '),
  };
}

/** Reads an http(s) address. Throws `UsageError` when it is none or carries a password. */
export function parseAddress(text: string): URL {
  const url = URL.parse(text);
  if (!url || url.hostname === '') throw new UsageError(`${text} is not a web address.`, 'Write it like https://app.example.com.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new UsageError(`${url.protocol}// is not looked at; only http:// and https:// are.`);
  // It would end up in reports and shell histories.
  if (url.username !== '' || url.password !== '')
    throw new UsageError('The address holds a user name or password.', 'Leave it out: it would stand in every report.');
  url.hash = '';
  return url;
}

function checkFolder(typed: string): string {
  const root = resolve(typed);
  let stat;
  try {
    stat = statSync(root);
  } catch (error) {
    const looksLikeHost = /^(localhost(:\d+)?|[\w-]+(\.[\w-]+)*\.[a-z]{2,})(:\d+)?(\/.*)?$/i.test(typed) && !typed.startsWith('.');
    const scheme = typed.startsWith('localhost') ? 'http' : 'https';
    throw new UsageError(
      `The folder ${typed} cannot be opened: ${reasonOf(error)}.`,
      looksLikeHost ? `Did you mean ${scheme}://${typed}?` : 'Name the folder that holds the code.',
    );
  }
  if (!stat.isDirectory()) throw new UsageError(`${typed} is a file, not a folder.`, 'Name the folder that holds the code.');
  let entries: string[];
  try {
    accessSync(root, constants.R_OK | constants.X_OK);
    entries = readdirSync(root);
  } catch (error) {
    throw new UsageError(`The folder ${typed} cannot be read: ${reasonOf(error)}.`);
  }
  if (entries.length === 0) throw new UsageError(`The folder ${typed} is empty.`, 'Name the folder that holds the code.');
  return root;
}
