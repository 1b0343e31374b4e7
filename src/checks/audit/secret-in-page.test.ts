import { describe, expect, it } from 'vitest';
import type { Bundles } from '../../evidence/http.ts';
import type { Secret } from '../../evidence/secrets.ts';
import { secretInPage } from './secret-in-page.ts';

const sample = secretInPage.examples.fails[0]?.given.bundles as Bundles;
const base = sample.secrets[0] as Secret;
const judged = (bundles: Partial<Bundles>) => [...secretInPage.evaluate({ bundles: { ...sample, secrets: [], ...bundles } })];

describe('audit/secret-in-page', () => {
  it('weighs by what the key can do and how surely it was told', () => {
    const severity = (more: Partial<Secret>): unknown => judged({ secrets: [{ ...base, ...more }] })[0]?.severity;
    expect(severity({})).toBe('blocker');
    expect(severity({ power: 'service' })).toBe('blocker');
    expect(severity({ power: 'limited' })).toBe('medium');
    expect(severity({ toldBy: 'name' })).toBe('high');
    expect(severity({ sensitivity: 'low' })).toBe('low');
  });

  it('tells one secret in a script and its source map once, with both places', () => {
    const map = { url: 'https://portal.example.com/assets/index.js.map', name: 'src/lib/admin.ts', line: 3 };
    const found = judged({ secrets: [base, { ...base, location: 'source-map', places: [map] }] });
    expect(found.map(({ outcome }) => outcome)).toEqual(['fail']);
    expect(found[0]?.proof?.length).toBe(3);
  });

  it('keeps its name when another build gives the script another name', () => {
    const moved = { ...base, places: [{ url: 'https://portal.example.com/assets/index-Other123.js' }] };
    expect(judged({ secrets: [moved] })[0]?.subject).toBe(judged({ secrets: [base] })[0]?.subject);
  });

  it('does not pass over scripts that were not read', () => {
    const gap = { what: 'https://portal.example.com/main.js', why: 'the server answered 404' };
    expect(judged({ gaps: [{ ...gap, entry: true }], scripts: [] }).map(({ outcome, severity }) => [outcome, severity])).toEqual([
      ['unknown', undefined],
    ]);
    expect(judged({ gaps: [gap] }).map(({ outcome, severity }) => [outcome, severity])).toEqual([
      ['unknown', 'medium'],
      ['pass', undefined],
    ]);
  });
});
