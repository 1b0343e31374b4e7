import type { AnyCollector } from '../core/collector.ts';
import { liveAccessCollector } from './access/collector.ts';
import { accessLockCollector } from './answers/collector.ts';
import { bundlesCollector } from './http/bundles.ts';
import { clientCollector } from './http/client.ts';
import { dnsCollector } from './dns/collector.ts';
import { hostsCollector } from './dns/hosts.ts';
import { edgeClientCollector } from './edge/client.ts';
import { mixedCollector } from './edge/mixed.ts';
import { cacheCollector } from './edge/cache/collector.ts';
import { corsCollector } from './edge/cors.ts';
import { tlsCollector } from './tls/hosts.ts';
import { redirectsCollector } from './edge/redirects.ts';
import { spfCollector } from './mail/spf/collector.ts';
import { documentsCollector } from './http/document.ts';
import { exposuresCollector } from './http/exposures.ts';
import { pageCollector } from './http/page.ts';
import { authMethodsCollector } from './source/auth/collector.ts';
import { clientAccessCollector } from './source/client/collector.ts';
import { codeCollector } from './source/code/codebase.ts';
import { routesCollector } from './source/code/inventory.ts';
import { isolationCollector } from './database/collector.ts';
import { databaseCollector } from './source/database/collector.ts';
import { filesCollector } from './source/files.ts';
import { firebaseProofCollector } from './firebase/collector.ts';
import { firebaseCollector } from './source/firebase/collector.ts';
import { secretsCollector } from './source/secrets/collector.ts';
import { stackCollector } from './source/stack/collector.ts';
import { treeCollector } from './source/tree.ts';

/** Every collector; the engine runs those that the checks ask for. */
export const collectors: readonly AnyCollector[] = [
  treeCollector,
  filesCollector,
  stackCollector,
  authMethodsCollector,
  databaseCollector,
  isolationCollector,
  firebaseCollector,
  firebaseProofCollector,
  secretsCollector,
  codeCollector,
  routesCollector,
  clientAccessCollector,
  clientCollector,
  documentsCollector,
  pageCollector,
  bundlesCollector,
  exposuresCollector,
  accessLockCollector,
  liveAccessCollector,
  dnsCollector,
  hostsCollector,
  spfCollector,
  edgeClientCollector,
  redirectsCollector,
  tlsCollector,
  mixedCollector,
  corsCollector,
  cacheCollector,
];
