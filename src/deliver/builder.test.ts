import { describe, expect, it } from 'vitest';
import { livePage } from '../evidence/http.ts';
import { sourceStack } from '../evidence/source.ts';
import { builderOf, labelOf, toolOf } from './builder.ts';

const built = (id: string, ...names: string[]): Record<string, unknown> => ({
  [id]: { builders: names.map((name) => ({ name, evidence: [] })) },
});

describe('builderOf', () => {
  it('takes the marker of the code, else of the running app', () => {
    expect(builderOf(built(sourceStack.id, 'bolt'))).toBe('bolt');
    expect(builderOf(built(livePage.id, 'framer'))).toBe('framer');
    expect(builderOf({})).toBeUndefined();
  });

  it('prefers the tool that hosts the project to an editor used on it', () => {
    expect(builderOf(built(sourceStack.id, 'cursor', 'lovable'))).toBe('lovable');
    expect(builderOf(built(sourceStack.id, 'cursor'))).toBe('cursor');
  });

  it('has words for every tool and none', () => {
    expect(toolOf('v0').name).toBe('v0');
    expect(toolOf(undefined).name).toBe('your coding tool');
    expect(labelOf('gohighlevel')).toBe('GoHighLevel');
    expect(labelOf('Vite')).toBe('Vite');
  });
});
