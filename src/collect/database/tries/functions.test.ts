import { describe, expect, it } from 'vitest';
import type { Routine } from '../live/catalog.ts';
import { sampleCatalog, sampleRoutine, sampleTable, sampleWorlds } from '../world/fixture.ts';
import { attemptsOnFunction } from './functions.ts';

/** Has the number that is handed in for want of a better one in it. */
const mark = 'a1010101';

function shown(routine: Routine): (row: string) => boolean {
  const notes = sampleTable('notes', { id: 'uuid', title: 'text' });
  const planned = sampleWorlds(sampleCatalog([notes]));
  const worlds = { ...planned, people: { ...planned.people, marks: { ...planned.people.marks, owner: mark } } };
  const row = planned.row(notes, 'owner')!;
  row.values.set('title', `'${mark}-title'::text`);
  const [attempt] = attemptsOnFunction(routine, [notes], worlds);
  return (text) => attempt!.ways[0]!.shows!([text]);
}
const argument = (name: string, base: string): Routine['arguments'][number] => ({ name, type: base, base, optional: false });
const routine = sampleRoutine('find', {
  returns: 'jsonb',
  volatile: true,
  arguments: [argument('title', 'text'), argument('amount', 'numeric')],
});

describe('a function returned something of the owner', () => {
  const shows = shown(routine);

  it('when his mark comes back in something that was not handed in', () => {
    expect(shows(`("{""body"": ""${mark}-body""}")`)).toBe(true);
    expect(shows(`(1,"nothing of his")`)).toBe(false);
  });

  it('not when it is what was handed in', () => {
    expect(shows(`(${mark}-title)`)).toBe(false);
    expect(shows(`(${mark}-title,${mark}-body)`)).toBe(true);
  });

  it('not when it is an id alone, whatever stands in it', () => {
    expect(shows(`("{""id"": ""${mark}-a995-451a-8983-b8f7fc10d4b5""}")`)).toBe(false);
    expect(shows(`("{""id"": ""${mark}-a995-451a-8983-b8f7fc10d4b5"", ""body"": ""${mark}-body""}")`)).toBe(true);
  });
});
