import type { AnyCollector } from '../core/collector.ts';
import { liveAccessCollector } from './access/collector.ts';
import { accessLockCollector } from './answers/collector.ts';
import { bundlesCollector } from './http/bundles.ts';
import { clientCollector } from './http/client.ts';
import { dnsCollector } from './dns/collector.ts';
import { hostsCollector } from './dns/hosts.ts';
import { zoneCollector } from './dns/zone/collector.ts';
import { dnssecCollector } from './dns/zone/dnssec.ts';
import { caaCollector } from './dns/caa.ts';
import { mailRoutesCollector } from './dns/mail-routes.ts';
import { leadsCollector } from './dns/leads.ts';
import { placementCollector } from './dns/placement.ts';
import { edgeClientCollector } from './edge/client.ts';
import { mixedCollector } from './edge/mixed/collector.ts';
import { cacheCollector } from './edge/cache/collector.ts';
import { poisonCollector } from './edge/cache/poison.ts';
import { corsCollector } from './edge/cors.ts';
import { tlsCollector } from './tls/hosts.ts';
import { edgeAppCollector, edgePeopleCollector } from './edge/people.ts';
import { openRedirectsCollector } from './edge/open-redirects.ts';
import { pagesCollector } from './edge/pages.ts';
import { redirectsCollector } from './edge/redirects.ts';
import { unclaimedCollector, wildcardCollector } from './edge/unclaimed.ts';
import { mailDomainsCollector } from './mail/domains.ts';
import { dkimCollector } from './mail/dkim/collector.ts';
import { dmarcCollector } from './mail/dmarc/collector.ts';
import { mailHostsCollector } from './mail/hosts/collector.ts';
import { appPathsCollector } from './source/app-paths.ts';
import { codeMailCollector } from './mail/senders/collector.ts';
import { mailProofCollector } from './mail/proof/collector.ts';
import { reportsCollector } from './mail/reports/collector.ts';
import { spfCollector } from './mail/spf/collector.ts';
import { cloudflareCollector } from './provider/cloudflare/collector.ts';
import { documentsCollector } from './http/document.ts';
import { exposuresCollector } from './http/exposures.ts';
import { pageCollector } from './http/page.ts';
import { registrationCollector } from './rdap/collector.ts';
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
  zoneCollector,
  dnssecCollector,
  placementCollector,
  leadsCollector,
  mailRoutesCollector,
  caaCollector,
  unclaimedCollector,
  wildcardCollector,
  registrationCollector,
  mailDomainsCollector,
  spfCollector,
  edgeClientCollector,
  redirectsCollector,
  pagesCollector,
  openRedirectsCollector,
  tlsCollector,
  dmarcCollector,
  mailHostsCollector,
  codeMailCollector,
  appPathsCollector,
  dkimCollector,
  reportsCollector,
  mailProofCollector,
  cloudflareCollector,
  mixedCollector,
  corsCollector,
  cacheCollector,
  edgeAppCollector,
  edgePeopleCollector,
  poisonCollector,
];
