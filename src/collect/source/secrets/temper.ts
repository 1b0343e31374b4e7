import type { Hit } from './form.ts';

const sampleFile =
  /(?:^|[/._-])(?:examples?|samples?|templates?|demo|dev|localhost|test|tests|ci|e2e|mock)(?:[/._-]|$)|^\.github\/workflows\//i;

/**
 * Takes the file into account. A private key does not say what it opens, and most of those in samples, tests and CI workflows were made
 * for nothing else, so there it counts for little; what names its owner (a service account) counts everywhere.
 */
export const temper = (hit: Hit, path: string): Hit =>
  hit.kind === 'private-key' && sampleFile.test(path)
    ? { ...hit, sensitivity: 'low', power: 'limited', meaning: 'in a file of samples or tests' }
    : hit;
