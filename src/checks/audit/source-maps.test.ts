import { describe, expect, it } from 'vitest';
import type { SourceMapSetting } from '../../evidence/source.ts';
import { sourceMaps } from './source-maps.ts';

const judge = (...settings: SourceMapSetting[]) => [
  ...sourceMaps.evaluate({ stack: { builders: [], frameworks: [], backends: [], next: [], sourceMaps: settings } }),
];

describe('audit/source-maps', () => {
  it('says nothing where no switch was found: the tools’ own settings are right', () => {
    expect(judge()).toEqual([]);
  });

  it('judges each switch by itself, under a name that no line number changes', () => {
    const found = judge(
      { tool: 'Vite', place: { file: 'vite.config.ts', line: 9 }, on: true },
      { tool: 'Next.js', place: { file: 'apps/web/next.config.mjs', line: 3 }, on: false },
    );
    expect(found).toMatchObject([
      { outcome: 'fail', subject: 'Vite vite.config.ts', place: { line: 9 }, message: expect.stringContaining('Vite is told to publish') },
      { outcome: 'pass', subject: 'Next.js apps/web/next.config.mjs' },
    ]);
  });

  it('gives two switches of one file two names', () => {
    const place = { file: '.env.production', line: 1 };
    const names = judge({ tool: 'Create React App', place, on: true }, { tool: 'Vite', place, on: true }).map(({ subject }) => subject);
    expect(new Set(names).size).toBe(2);
  });
});
