import { describe, expect, it } from 'vitest';
import type { Exposure } from '../../evidence/http.ts';
import { directoryListing } from './directory-listing.ts';

const folder = (path: string, outcome: Exposure['outcome'] = 'exposed', names: readonly string[] = ['a.pdf', 'b.pdf']): Exposure => ({
  path,
  url: `https://portal.example.com${path}`,
  outcome,
  kind: 'listing',
  status: 200,
  what: 'a list of 2 files',
  names,
  secrets: [],
});
const judged = (...exposures: Exposure[]): [string, string | undefined][] =>
  [...directoryListing.evaluate({ exposures })].map(({ outcome, severity }) => [outcome, severity]);

describe('audit/directory-listing', () => {
  it('takes uploads for worse than build output', () => {
    expect(judged(folder('/uploads/'), folder('/assets/'), folder('/.DS_Store'))).toEqual([
      ['fail', 'high'],
      ['fail', 'low'],
      ['fail', 'low'],
    ]);
  });
  it.each([
    [['/support/logs/access.log.2026-01-01'], 'high'],
    [['/keys/jwt.pub', '/keys/premium.key'], 'high'],
    [['/ftp/package.json.bak'], 'high'],
    [['/assets/catalog.js', '/assets/log.svg', '/assets/keyboard.css'], 'low'],
  ])('takes %j for %s', (names, severity) => expect(judged(folder('/some/', 'exposed', names))).toEqual([['fail', severity]]));
  it('names the files that are listed', () => {
    const [finding] = directoryListing.evaluate({ exposures: [folder('/uploads/')] });
    expect(JSON.stringify(finding?.proof)).toContain('a.pdf, b.pdf');
  });
  it('passes only what was asked and is closed', () => {
    expect(judged(folder('/uploads/', 'not-exposed'), folder('/files/', 'unknown'))).toEqual([
      ['unknown', 'medium'],
      ['pass', undefined],
    ]);
  });
});
