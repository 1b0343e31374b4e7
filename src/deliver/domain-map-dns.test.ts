import { describe, expect, it } from 'vitest';
import type { Block } from '../core/deliverable.ts';
import { caaFacts } from '../evidence/caa.ts';
import { type DnssecFacts, dnssecFacts } from '../evidence/dnssec.ts';
import { computedSample, dnssecSample } from '../evidence/dnssec-samples.ts';
import { placement } from '../evidence/placement.ts';
import { placedSample, placementSample } from '../evidence/placement-samples.ts';
import { registration } from '../evidence/registration.ts';
import { registrationSample, registrationUnseen } from '../evidence/registration-samples.ts';
import { zoneFacts } from '../evidence/zone.ts';
import { deadSample, unseenZone, zoneSample } from '../evidence/zone-samples.ts';
import { dnsBlocks } from './domain-map-dns.ts';

const rowsOf = (blocks: readonly Block[], title: string): readonly (readonly string[])[] => {
  const at = blocks.findIndex((block) => block.kind === 'heading' && block.text.startsWith(title));
  const block = blocks[at + 1];
  return at >= 0 && block?.kind === 'table' ? block.rows : [];
};

describe('the domain map of the DNS', () => {
  it('says nothing of what was not collected', () => {
    expect(dnsBlocks({})).toEqual([]);
  });

  it('shows who serves the domain, and who registered it', () => {
    const blocks = dnsBlocks({
      [zoneFacts.id]: zoneSample({}, { looks: [deadSample('lame', '198.51.100.53 answered REFUSED')] }),
      [dnssecFacts.id]: dnssecSample(),
      [registration.id]: registrationSample(),
      [placement.id]: placementSample([placedSample({ on: 'vercel' })]),
      [caaFacts.id]: [
        {
          host: 'app.example.com',
          found: 'records',
          at: 'example.com',
          records: [{ critical: false, tag: 'issue', value: 'letsencrypt.org' }],
          issuer: "Let's Encrypt",
          why: '',
        },
      ],
    });
    expect(rowsOf(blocks, 'The name servers')).toEqual([
      ['ns1.example.net', 'registrar and zone', '192.0.2.53', 'serial 20260101'],
      ['ns2.example.org', 'registrar and zone', '198.51.100.53', '198.51.100.53 answered REFUSED'],
    ]);
    expect(rowsOf(blocks, 'Which service')).toEqual([['app.example.com', 'Vercel', 'Lovable', "Let's Encrypt", 'letsencrypt.org']]);
    expect(rowsOf(blocks, 'The domain itself')).toEqual([
      ['Registrar', 'Example Registrar'],
      ['Registered until', '2027-11-18'],
      ['Locked against transfer', 'yes'],
      ['Zone above', 'com'],
      ['Signed (DNSSEC)', 'yes, and it validates'],
      ['Names that nobody set up', 'are not there'],
    ]);
  });

  it.each<[string, Partial<DnssecFacts>]>([
    [
      'wrongly: signatures do not hold at ns2.example.com (198.51.100.53)',
      { computed: [computedSample(), computedSample({ server: 'ns2.example.com (198.51.100.53)', is: 'broken', why: 'it ran out' })] },
    ],
    ['yes, and its signatures hold; no resolver here checks them', { names: [] }],
    ['yes; no resolver here checks it', { names: [], computed: [computedSample({ is: 'unknown', why: 'another algorithm' })] }],
  ])('of signatures: %s', (text, change) => {
    expect(rowsOf(dnsBlocks({ [dnssecFacts.id]: dnssecSample(change) }), 'The domain itself')).toEqual([['Signed (DNSSEC)', text]]);
  });

  it('calls what nobody could see not known, never no', () => {
    const rows = rowsOf(
      dnsBlocks({
        [zoneFacts.id]: unseenZone,
        [dnssecFacts.id]: dnssecSample({ dsAsked: 'failed', ds: [], names: [] }),
        [registration.id]: registrationUnseen,
        [placement.id]: placementSample([], { is: 'failed', why: 'no answer' }),
      }),
      'The domain itself',
    );
    expect(rows.map(([, how]) => how)).toEqual([
      'rdap.example did not answer in time.',
      'nobody could tell who serves com: 192.0.2.1: no answer in 2000 ms',
      'not known',
      'not known',
    ]);
  });
});
