import type { PlacedHost, Placement } from './placement.ts';

/** A host at Lovable, for the examples of checks. */
export const placedSample = (change: Partial<PlacedHost> = {}): PlacedHost => ({
  name: 'app.example.com',
  role: 'app',
  on: '',
  redirectsTo: '',
  chain: [],
  provider: '',
  addresses: [{ address: '185.158.133.1', provider: 'lovable', proxied: false }],
  outcome: 'found',
  why: '',
  ...change,
});

export const placementSample = (hosts: readonly PlacedHost[], wildcard: Partial<Placement['wildcard']> = {}): Placement => ({
  apex: 'example.com',
  drafted: false,
  hosts,
  wildcard: {
    is: 'none',
    asked: ['lr-0f3a9c.example.com'],
    chain: [],
    provider: '',
    atHome: false,
    addresses: [],
    mail: [],
    why: '',
    ...wildcard,
  },
});
