import type { Flaw } from '../flaws.ts';
import { browserFlaws } from './flaws/browser.ts';
import { edgeFunctionFlaws } from './flaws/edge-functions.ts';
import { databaseFunctionFlaws } from './flaws/database-functions.ts';
import { policyFlaws } from './flaws/policies.ts';
import { signUpFlaws } from './flaws/sign-up.ts';
import { storageFlaws } from './flaws/storage.ts';

/** Every flaw the Lovable-shaped portal can be given. The repo as it lies here has none of them. */
export const flaws: Flaw[] = [
  ...policyFlaws,
  ...signUpFlaws,
  ...databaseFunctionFlaws,
  ...storageFlaws,
  ...edgeFunctionFlaws,
  ...browserFlaws,
];
