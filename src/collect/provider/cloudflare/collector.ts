import { defineCollector } from '../../../core/collector.ts';
import { CollectFault } from '../../../core/evidence.ts';
import { edgeZones } from '../../../evidence/cloudflare.ts';
import { edgeHostsOf } from '../../../evidence/edge-baseline.ts';
import { cloudflareApi } from './api.ts';
import { openCloudflare } from './client.ts';
import { probeOrigins } from './origin.ts';
import { checkToken, readZone, tokenOf } from './zone.ts';

/** Reads the zone at Cloudflare; changes nothing. */
export const cloudflareCollector = defineCollector({
  provides: edgeZones,
  wants: 'cloudflare',
  needs: {},
  effects: 'reads',
  timeoutMs: 120_000,
  async collect(_, { target: { cloudflare: given, domains }, vault, signal }) {
    if (!given) throw new CollectFault('absent', 'No zone at Cloudflare was named.', 'Name it under cloudflare in launch-ready.yaml.');
    const token = tokenOf(given);
    vault.hide(token);
    const client = openCloudflare({ token, base: given.base, signal });
    try {
      const api = cloudflareApi(client);
      await checkToken(api);
      const { entrypoints: _ids, ...zone } = await readZone(api, { given, domains });
      return [{ ...zone, origins: await probeOrigins(given.origins, edgeHostsOf(zone), domains?.authorities) }];
    } finally {
      await client.close();
    }
  },
});
