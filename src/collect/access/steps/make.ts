import { type Made, thingsMade } from '../objects/create.ts';
import { makeThings } from '../objects/make.ts';
import { marksOf } from '../objects/marks.ts';
import { type Thing, thingsOf } from '../objects/things.ts';
import { makeByForms } from '../pages/make.ts';
import { thingsOfForms } from '../pages/thing.ts';
import { Denials } from '../probes/function-level.ts';
import type { Marks } from '../probes/control.ts';
import { thingsAsked } from '../traffic/things.ts';
import type { Known } from './look.ts';
import type { Run } from './run.ts';

/** What there is to be read, and changed by others. */
export interface Making {
  readonly made: readonly Made[];
  readonly onForms: Awaited<ReturnType<typeof makeByForms>> | undefined;
  /** Pages that each was shown once things were made. */
  readonly walked: Known['pages'];
  /** Who was refused to make what. */
  readonly denials: Denials;
  readonly marks: Marks;
  readonly things: readonly Thing[];
}

/** Makes things as everybody, where that is allowed, and sees what things there are. */
export async function makeAll({ input, sender, journal, begin, wants, tries }: Run, known: Known): Promise<Making> {
  const { people, doors, operations, recordings, pages } = known;
  const denials = new Denials();
  if (tries) begin('making things as each person');
  const onForms = tries ? await makeByForms({ sender, journal, operations }, people, pages) : undefined;
  const { made, walked } = tries
    ? await makeThings({ sender, journal, operations, denied: denials.note.bind(denials) }, people, doors)
    : { made: [], walked: pages };
  const formThings = onForms?.things ?? [];
  const marks = marksOf(people, [...made, ...formThings.map((one) => one.made)]);
  const all = wants('routes')
    ? [
        ...people.flatMap((one) => (one.account && !one.administrator ? thingsOf(one, operations) : [])),
        ...thingsAsked(people, recordings, input.writes),
        // The last of one address stays: that we made it says more than that it was seen.
        ...thingsMade(made, operations),
        ...thingsOfForms(formThings),
      ]
    : [];
  const keyOf = ({ owner, path, asked, ids }: Thing): string => `${owner.name} ${path} ${asked ? ids.join() : ''}`;
  return { made, onForms, walked, denials, marks, things: [...new Map(all.map((one) => [keyOf(one), one])).values()] };
}
