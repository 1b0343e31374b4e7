import { describe, expect, it } from 'vitest';
import { type MapBlock, mapsOf, waysOf } from '../core/deliverable.ts';
import type { Run } from '../core/run.ts';
import type { Collected } from './evidence-of.ts';
import { domainPicture } from './domain-map-picture.ts';

const host = (name: string, role: string, addresses: readonly string[], outcome = 'found') => ({
  name,
  role,
  chain: [],
  addresses,
  outcome,
});
const evidence = {
  'dns.hosts': {
    apex: 'example.com',
    drafted: false,
    hosts: [
      host('example.com', 'marketing', ['76.76.21.21']),
      host('www.example.com', 'marketing', ['76.76.21.21']),
      host('app.example.com', 'app', ['192.0.2.7', '192.0.2.8']),
      host('api.example.com', 'api', [], 'failed'),
      host('old.example.com', 'other', [], 'none'),
    ],
  },
  'dns.placement': {
    hosts: [{ name: 'www.example.com', provider: 'vercel', addresses: [{ address: '76.76.21.21', provider: 'vercel', proxied: false }] }],
  },
  'edge.redirects': {
    hosts: [
      {
        name: 'example.com',
        rows: [{ scheme: 'https', kind: 'home', end: 'answer', at: 'https://www.example.com/' }],
      },
    ],
  },
  'mail.spf': [
    { domain: 'example.com', senders: ['google'] },
    { domain: 'mail.example.com', includes: ['sendgrid'] },
    { domain: 'parked.example.com', senders: [] },
    { domain: 'new.example.com' },
  ],
  'dns.mail': [{ domain: 'example.com', routes: [{ exchange: 'smtp.google.com' }] }],
};
const finding = {
  outcome: 'fail',
  severity: 'high',
  check: 'edge/stale-address',
  subject: 'app.example.com',
  place: { name: 'app.example.com' },
};

const picture = (findings: readonly object[] = []): MapBlock => {
  const [map] = mapsOf(domainPicture({ findings } as unknown as Run, evidence as unknown as Collected));
  return map!;
};

describe('the picture of a domain', () => {
  it('shows every name, where it leads, who answers, and whence mail comes', () => {
    const ways = waysOf(picture()).map((way) => way.map(({ text }) => text).join(' > '));
    expect(ways).toEqual([
      'example.com > www.example.com > Vercel',
      'app.example.com > a server at 192.0.2.7 and 1 more',
      'api.example.com',
      'old.example.com',
      '@example.com > Google Workspace',
      '@mail.example.com > SendGrid',
      '@parked.example.com',
      '@new.example.com',
    ]);
    const noteOf = (text: string) => picture().boxes.find((one) => one.text === text)?.note;
    expect([noteOf('@parked.example.com'), noteOf('@new.example.com')]).toEqual(['sends no mail', 'nobody is known to send for it']);
  });

  it('marks what is wrong and what is not known, and nothing else', () => {
    const states = (map: MapBlock) => map.boxes.filter(({ state }) => state !== 'fine').map(({ text, state }) => `${text} ${state}`);
    expect(states(picture())).toEqual(['api.example.com unknown']);
    expect(states(picture([finding]))).toEqual(['app.example.com broken', 'api.example.com unknown']);
    expect(
      states(
        picture([
          { ...finding, severity: 'medium' },
          { ...finding, outcome: 'unknown' },
        ]),
      ),
    ).toEqual(['api.example.com unknown']);
  });

  it('ends where a map leads in a circle', () => {
    const box = (id: string) => ({ id, column: 0, text: id, state: 'fine' }) as const;
    const links = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'b' },
    ];
    expect(waysOf({ boxes: ['a', 'b', 'c'].map(box), links }).map((way) => way.map(({ id }) => id).join(''))).toEqual(['abc']);
  });
});
