import { describe, expect, it } from 'vitest';
import { sampleRoute } from '../../../evidence/samples.ts';
import { changesAt, changesStored } from './changing.ts';

const get = (path: string, changesOnGet?: true) => ({ ...sampleRoute({ method: 'GET', path }), ...(changesOnGet && { changesOnGet }) });

describe('a GET whose code changes something', () => {
  const at = changesAt([
    get('/tasks/:id/complete/', true),
    get('/tasks/:id/:part/'),
    get('/tasks/all', undefined),
    get('/tasks/:id', true),
  ]);

  it.each([
    ['/tasks/7/complete/', changesStored],
    ['/tasks/7/complete', changesStored],
    ['/tasks/7/notes/', undefined],
    ['/tasks/all', undefined],
    ['/tasks/7', changesStored],
    ['/elsewhere', undefined],
  ])('%s: %s', (path, why) => expect(at(path)).toBe(why));
});
