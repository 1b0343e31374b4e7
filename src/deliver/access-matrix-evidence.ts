import type { Evidence } from '../core/evidence.ts';
import { accessLock } from '../evidence/access-lock.ts';
import { firebaseProof } from '../evidence/firebase-proof.ts';
import { isolationProof } from '../evidence/isolation.ts';
import { liveAccess } from '../evidence/live-access.ts';
import { sourceStack } from '../evidence/source.ts';

/** What the access matrix shows: ask the engine for it, whatever is judged. */
export const accessMatrixEvidence: readonly Evidence[] = [isolationProof, firebaseProof, liveAccess, accessLock, sourceStack];
