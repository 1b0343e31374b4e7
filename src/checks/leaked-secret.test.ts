import { describe, expect, it } from 'vitest';
import type { Secret } from '../evidence/secrets.ts';
import { filesSearched, findingOf, leakedSecrets, nameOf, placesText, proofOf, severityIn, severityInBrowser } from './leaked-secret.ts';
import { sampleAnonKey, sampleHistory, sampleScan, sampleSecret } from './secret-sample.ts';

const one = (...secrets: Partial<Secret>[]) => {
  const [leaked, ...more] = leakedSecrets(sampleScan(secrets.map((secret) => sampleSecret(secret))));
  if (!leaked || more.length > 0) throw new Error('not one');
  return leaked;
};

describe('one secret', () => {
  it('is told once, at the worst of its places', () => {
    const worst: readonly [Partial<Secret>, string][] = [
      [{ reachedFromClient: ['main.ts', 'a.ts'] }, 'client'],
      [{ location: 'bundle', tracked: false, ignored: true }, 'client'],
      [{ publicPrefix: true, location: 'ignored-env-file', ignored: true }, 'public-prefix'],
      [{ location: 'env-file', tracked: true, ignored: true }, 'env-file'],
      [{ location: 'source' }, 'source'],
      [{ location: 'chat' }, 'log'],
      [{ location: 'history' }, 'history'],
      [{ location: 'ignored-env-file', tracked: false, ignored: true }, 'local'],
    ];
    for (const [index, [entry, exposure]] of worst.entries()) {
      const others = worst.slice(index).map(([other]) => other);
      expect(one(...others.toReversed()).exposure, exposure).toBe(exposure);
      expect(one(entry).exposure).toBe(exposure);
    }
  });

  it('an ignored file is local when git says so, an env file also without git', () => {
    expect(one({ tracked: true, ignored: true }).exposure).toBe('source');
    expect(one({ tracked: false, ignored: true }).exposure).toBe('local');
    expect(one({ ignored: true }).exposure).toBe('source');
    expect(one({ location: 'ignored-env-file', ignored: true }).exposure).toBe('local');
    expect(one({ tracked: false }).exposure).toBe('source');
  });

  it('is the same when its value was changed but opens the same', () => {
    expect(one({ hash: 'a', opens: 'project x' }, { hash: 'b', opens: 'project x' }).entries.length).toBe(2);
    expect(leakedSecrets(sampleScan([sampleSecret({ hash: 'a' }), sampleSecret({ hash: 'b' })])).length).toBe(2);
  });

  it('that is public by design is none', () => {
    expect(leakedSecrets(sampleScan([sampleAnonKey()]))).toEqual([]);
  });
});

describe('severity', () => {
  it('goes by what it opens and how surely it was told', () => {
    expect(severityIn(one({}))).toBe('blocker');
    expect(severityIn(one({ power: 'service' }))).toBe('high');
    expect(severityIn(one({ power: 'limited' }))).toBe('low');
    expect(severityIn(one({ sensitivity: 'low' }))).toBe('low');
    expect(severityIn(one({ kind: 'password', power: 'service', toldBy: 'name' }))).toBe('medium');
    expect(severityIn(one({ kind: 'fallback-signing-secret' }))).toBe('medium');
    expect(severityIn(one({ kind: 'guessable-signing-secret' }))).toBe('high');
    expect(severityIn(one({ toldBy: 'scanner' }))).toBe('high');
  });
  it('in the browser is worse', () => {
    expect(severityInBrowser(one({ power: 'service' }))).toBe('blocker');
    expect(severityInBrowser(one({ power: 'service', toldBy: 'name' }))).toBe('high');
    expect(severityInBrowser(one({ power: 'limited' }))).toBe('medium');
    expect(severityInBrowser(one({ sensitivity: 'low' }))).toBe('low');
  });
});

describe('words', () => {
  it('name it by what it is, or by its variable when only that told', () => {
    expect(nameOf(one({ meaning: 'project x' }))).toBe('Supabase service_role key (project x)');
    expect(nameOf(one({ toldBy: 'name', label: 'key or token', variable: 'WHAPI_TOKEN' }))).toBe('Key or token WHAPI_TOKEN');
    expect(nameOf(one({ toldBy: 'name', label: 'password', variable: 'password' }))).toBe('Password');
  });

  it('count places once and leave out what is only here or only old', () => {
    const secret = one(
      {
        places: [
          { file: 'a.ts', line: 1 },
          { file: 'b.ts', line: 2 },
        ],
      },
      { location: 'history', places: [{ file: 'old.ts', line: 9 }] },
      { location: 'ignored-env-file', ignored: true, places: [{ file: '.env', line: 1 }] },
    );
    expect(placesText(secret)).toBe('a.ts and 1 more place');
    expect(placesText(one({ places: [{ file: 'a.ts', line: 1 }] }))).toBe('a.ts');
    expect(placesText(one({ places: [{ file: 'a.ts', line: 1 }], morePlaces: 40 }))).toBe('a.ts and 40 more places');
  });

  it('prove with the harm, the way to the browser, every standing and every witness', () => {
    const places = Array.from({ length: 30 }, (_, line) => ({ file: 'a.ts', line: line + 1 }));
    const proof = proofOf(
      one(
        { places, reachedFromClient: ['main.ts', 'a.ts'], alsoSeenBy: ['gitleaks'] },
        { location: 'history', commit: '86cf24bc5a31', places: [{ file: 'old.ts', line: 9 }] },
      ),
    );
    const texts = proof.map((item) => ('text' in item ? item.text : ''));
    expect(texts[0]).toMatch(/^Whoever has it/);
    expect(texts).toContain('The browser loads it through main.ts → a.ts');
    expect(texts).toContain('In an old version in the git history (since commit 86cf24bc5a31)');
    expect(texts.slice(-2)).toEqual(['and in 17 more places', 'Also reported by gitleaks']);
  });

  it('advise to replace it first, and say what the history is worth then', () => {
    const details = { message: 'm', severity: 'high', after: 'Then move it.' } as const;
    expect(findingOf(one({}), details)).toMatchObject({
      subject: 'supabase-service-role 0f1e2d3c4b5a6978',
      fix: `${sampleSecret().rotate} Then move it.`,
    });
    expect(findingOf(one({}, { location: 'history' }), details).fix).toMatch(/once it is replaced, that does no harm/);
  });
});

it('counts what was searched, the history apart', () => {
  expect([filesSearched(sampleHistory()), filesSearched(sampleHistory(), 'history'), filesSearched(sampleScan(), 'log', 'chat')]).toEqual([
    240, 1100, 3,
  ]);
});
