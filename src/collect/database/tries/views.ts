import type { Relation } from '../live/catalog.ts';
import { identifier } from '../world/literal.ts';
import type { Worlds } from '../world/world.ts';
import type { Attempt } from './attempt.ts';
import { byMark } from './by-mark.ts';
import { callersOf } from './tables.ts';

/** Reading the owner's rows through a view: his marks are looked for in all it shows. */
export const attemptsOnView = (view: Relation, worlds: Worlds): Attempt[] =>
  [...callersOf(worlds)].map(([who, as]) => {
    const granted = view.grants[as.role === 'anon' ? 'anon' : 'authenticated'].SELECT;
    const columns = granted === 'all' || granted.length === 0 ? '*' : granted.map(identifier).join(', ');
    const sql = byMark(`SELECT ${columns} FROM ${view.sql}`, worlds.people.marks.owner);
    return { object: view.id, verb: 'select', who, as, ways: [{ step: { sql, rows: true } }] };
  });
