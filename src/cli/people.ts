import type { GivenPerson } from '../core/target.ts';
import type { Config } from './config.ts';
import { UsageError } from './usage-error.ts';

/** Those who sign in to the running app, with their passwords out of the environment. Throws `UsageError` where one is not set. */
export function peopleOf({ access, file }: Config, environment: NodeJS.ProcessEnv = process.env): GivenPerson[] {
  return (access?.people ?? []).map(({ passwordFrom, ...person }) => {
    if (passwordFrom === undefined) {
      if (access?.mail !== undefined) return person;
      throw new UsageError(
        `${person.name} has no password, and no mailbox is named in which a sign-in link could be read.`,
        `Name the environment variable that holds the password (passwordFrom), or a mailbox under access.mail in ${file ?? 'the config'}.`,
      );
    }
    const password = environment[passwordFrom];
    if (password === undefined || password === '')
      throw new UsageError(
        `The password of ${person.name} is to be found in the environment variable ${passwordFrom}, which is not set.`,
        `Set it before the call (it is named in ${file ?? 'the config'}), e.g. in your shell or as a secret of your CI.`,
      );
    return { ...person, password };
  });
}
