import { describe, expect, it } from 'vitest';
import type { Bundles, Page } from '../../evidence/http.ts';
import { liveSourceMap } from './live-source-map.ts';

const page = liveSourceMap.examples.fails[0]?.given.page as Page;
const sample = liveSourceMap.examples.fails[0]?.given.bundles as Bundles;

describe('audit/live-source-map', () => {
  it('is one finding for all maps of a build', () => {
    const [script] = sample.scripts;
    const found = [
      ...liveSourceMap.evaluate({
        page,
        bundles: { ...sample, scripts: script ? [script, { ...script, url: 'https://portal.example.com/b.js' }] : [] },
      }),
    ];
    expect(found.map(({ outcome, message }) => [outcome, message])).toEqual([
      ['fail', '2 source maps of the running app give anybody 192 source files of yours to read.'],
    ]);
  });
  it('is milder when only names are given away', () => {
    const scripts = sample.scripts.map((script) => ({
      ...script,
      ...(script.sourceMap && { sourceMap: { ...script.sourceMap, content: false } }),
    }));
    expect([...liveSourceMap.evaluate({ page, bundles: { ...sample, scripts } })][0]).toMatchObject({
      severity: 'low',
      message: expect.stringContaining('names') as string,
    });
  });
  it('leaves a development server to its own check', () => {
    expect([
      ...liveSourceMap.evaluate({ page: { ...page, development: { name: 'Vite development server', what: '' } }, bundles: sample }),
    ]).toEqual([]);
  });
  it('says nothing about an app without scripts', () => {
    expect([...liveSourceMap.evaluate({ page, bundles: { ...sample, scripts: [] } })]).toEqual([]);
  });
});
