import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectors } from '../src/collect/index.ts';
import { needsOf } from '../src/core/collector.ts';

const folder = join(import.meta.dirname, '../src/collect');
const provided = collectors.map(({ provides }) => provides.id);

describe('the collectors', () => {
  it('are all in the index, each fact once', () => {
    const declared = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(/(?<!import.*)\bdefineCollector\(/g)]);
    expect(declared.length).toBeGreaterThan(5);
    expect(collectors.length).toBe(declared.length);
    expect(new Set(provided).size).toBe(provided.length);
  });

  it('need only facts that another one collects, without a circle', () => {
    const byId = new Map(collectors.map((collector) => [collector.provides.id, collector]));
    const visit = (id: string, path: readonly string[]): void => {
      expect(path, `circle: ${[...path, id].join(' → ')}`).not.toContain(id);
      const collector = byId.get(id);
      expect(collector, `nobody collects ${id}, which ${path.at(-1)} needs`).toBeDefined();
      for (const need of collector ? needsOf(collector) : []) visit(need.id, [...path, id]);
    };
    for (const id of provided) visit(id, []);
  });

  it('only read, but for those that write where the user allows it', () => {
    expect(collectors.filter(({ effects }) => effects === 'writes').map(({ provides }) => provides.id)).toEqual([
      'access.live',
      'mail.proof',
    ]);
  });
});
