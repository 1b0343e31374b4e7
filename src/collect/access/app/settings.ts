import type { StartTrial } from '../../../evidence/start-trials.ts';
import { AppDidNotStart, startApp, type StartOfApp } from './start.ts';

/** Seconds that one start may take here: an app that lacks a setting ends at once, or it starts. */
const seconds = 20;

/**
 * Starts the app once for each variable with that one empty: a deploy that lacks it must fail there, and say so, not later in front of a customer. Empty
 * instead of absent, because a file of settings beside the app must not put it back. `env` has to hold them all: what is not there is not tried.
 */
export async function startWithout(
  start: StartOfApp,
  variables: readonly string[],
  where: Omit<Parameters<typeof startApp>[1], 'env'>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<StartTrial[]> {
  const trials: StartTrial[] = [];
  for (const variable of variables) trials.push(await withoutOne(start, variable, where, env));
  return trials;
}

async function withoutOne(
  start: StartOfApp,
  variable: string,
  where: Omit<Parameters<typeof startApp>[1], 'env'>,
  env: NodeJS.ProcessEnv,
): Promise<StartTrial> {
  try {
    const { restore: _, ...bare } = start;
    const app = await startApp(
      { ...bare, seconds: Math.min(start.seconds ?? seconds, seconds) },
      { ...where, env: { ...env, [variable]: '' } },
    );
    await app.stop();
    return { variable, outcome: 'started', text: 'it starts all the same' };
  } catch (error) {
    if (!(error instanceof AppDidNotStart)) throw error;
    if (!error.ended) return { variable, outcome: 'unknown', text: error.message };
    return error.words.includes(variable)
      ? { variable, outcome: 'refused-by-name', text: 'it does not start, and names it' }
      : { variable, outcome: 'refused-without-name', text: 'it does not start, and does not say why' };
  }
}
