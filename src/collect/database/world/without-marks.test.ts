import { describe, expect, it } from 'vitest';
import { makePeople, uuidWith } from './people.ts';
import { withoutMarks } from './without-marks.ts';

describe('what people read', () => {
  it('has nothing in it that differs from run to run', () => {
    const said = (): string => {
      const people = makePeople();
      const owner = people.account('owner');
      return withoutMarks(
        `duplicate (${owner.id}, ${owner.email}, ${uuidWith(people.marks.stranger)}) for "${people.marks.owner}" and ${people.account('newcomer').mark}x`,
        people,
      );
    };
    expect(said()).toBe('duplicate (the id of the owner, the address of the owner, an id) for "a text of ours" and a text of ours');
    expect(said()).toBe(said());
  });
});
