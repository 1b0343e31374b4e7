import type { Cell, PersonaName, ProvedObject } from '../../evidence/isolation.ts';
import type { SourceModel } from './describe.ts';
import type { LiveCatalog, Relation } from './live/catalog.ts';
import { wordsIn } from './world/literal.ts';

type Judged = ReadonlyMap<string, ProvedObject>;

/**
 * What views and functions give is what stands in tables. A view that shows somebody rows which he cannot read where they stand shows what is not his,
 * whatever the view is called; a function that gives only what everybody reads in its tables gives nothing away.
 */
export function seenInTables(
  judged: Judged,
  { routines, relations }: LiveCatalog,
  { views }: Pick<SourceModel, 'views'>,
): Map<string, ProvedObject> {
  const reads = (table: ProvedObject, who: PersonaName): boolean =>
    table.cells.some((cell) => cell.verb === 'select' && cell.who === who && cell.outcome === 'got');
  const asView = (id: string, view: ProvedObject): ProvedObject => {
    const source = views.find(({ schema, name }) => `${schema}.${name}` === id);
    if (!source || source.aggregated || source.restricted || view.nature !== 'reference') return view;
    const base = source.reads.flatMap((name) => judged.get(name) ?? []);
    const hidden = base.find(
      (table) =>
        table.nature === 'private' &&
        view.cells.some(
          ({ who, outcome, through }) => outcome === 'got' && through?.kind === 'owner-rights' && !isHis(who) && !reads(table, who),
        ),
    );
    return hidden
      ? { ...view, nature: 'private', natureWhy: `it shows rows of ${hidden.name} to people who cannot read them there` }
      : view;
  };
  /** All columns of it, for certain: of a table that was made from types, was not tried, or hangs on what failed, that is not known. */
  const readsWhole = ({ id, grants }: Relation, who: PersonaName): boolean => {
    const table = judged.get(id);
    return (
      table !== undefined &&
      table.reconstructed !== true &&
      grants[who === 'anon' ? 'anon' : 'authenticated'].SELECT === 'all' &&
      table.cells.some((cell) => cell.verb === 'select' && cell.who === who && cell.outcome === 'got' && cell.grade === 'proved')
    );
  };
  const asFunction = (id: string, object: ProvedObject): ProvedObject => {
    const text = routines.find((routine) => routine.id === id)?.reaches ?? '';
    const isNamed = wordsIn(text);
    const named = relations.filter(({ name }) => isNamed(name));
    if (named.length === 0 || readsElsewhere.test(text)) return object;
    const cells = object.cells.map((cell): Cell =>
      cell.verb === 'select' && cell.outcome === 'got' && cell.meant === undefined && named.every((table) => readsWhole(table, cell.who))
        ? { ...cell, meant: 'he can read the same in its tables' }
        : cell,
    );
    return { ...object, cells };
  };
  return new Map(
    [...judged].map(([id, object]) => [
      id,
      object.kind === 'view' ? asView(id, object) : object.kind === 'function' ? asFunction(id, object) : object,
    ]),
  );
}

/** Accounts, secrets, and what is put together at run time: more than the tables that it names. */
const readsElsewhere = /\bauth\s*\.\s*"?(?!(?:uid|jwt|role|email)\b)\w|\b(?:vault|storage|net|cron|pgmq)\s*\.|\bexecute\b/i;

/** The row is his, his organisation's, or he runs the app. */
const isHis = (who: PersonaName): boolean => who === 'owner' || who === 'peer' || who === 'tenant-admin' || who === 'admin';
