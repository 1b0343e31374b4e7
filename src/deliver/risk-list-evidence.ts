import type { Evidence } from '../core/evidence.ts';
import { databaseModel } from '../evidence/database.ts';
import { firebaseRules } from '../evidence/firebase.ts';
import { liveBundles, livePage } from '../evidence/http.ts';
import { clientAccess, sourceRoutes } from '../evidence/routes.ts';
import { sourceSecrets } from '../evidence/secrets.ts';
import { authMethods, sourceFiles, sourceStack } from '../evidence/source.ts';

/** What the risk list shows under "what was looked at" and where parts could not be read: ask the engine for it, whatever is judged. */
export const riskListEvidence: readonly Evidence[] = [
  sourceFiles,
  sourceStack,
  authMethods,
  sourceRoutes,
  clientAccess,
  databaseModel,
  firebaseRules,
  sourceSecrets,
  livePage,
  liveBundles,
];
