import type { Table } from '../../evidence/database.ts';
import type { Belonging, Cell, ProvedObject } from '../../evidence/isolation.ts';
import { isMeant, isOutsider } from '../../evidence/isolation-questions.ts';
import { isAuthorColumn, isOwnerColumn, isTenantColumn } from '../source/database/facts/words.ts';
import type { LiveCatalog, Queryable, Relation } from './live/catalog.ts';
import { quote } from './world/literal.ts';

/** What the rows of a table are there for, as the running database tells more of it than names do. */
export type Purpose = Pick<ProvedObject, 'nature' | 'natureWhy' | 'holds'>;

/** What shows whose rows are whose once the migrations have run. */
export interface Rows {
  /** `schema.name` of the tables that the repo's own SQL fills. */
  readonly filled: ReadonlySet<string>;
  /** `schema.name` of the tables that lead to people, each with the key that does. */
  readonly aboutPeople: ReadonlyMap<string, string>;
  /** `schema.name` of filled tables whose rows are nobody's and no secret. */
  readonly lists: ReadonlySet<string>;
}

/** Rows of it are no secret: nobody's, and worth nothing by themselves. */
const isPlain = ({ name }: Relation, holds: readonly string[], isShown = false): boolean =>
  (isShown || !written.test(name)) &&
  holds.every((kind) => (kind === 'money' && (!dealings.test(name) || settings.test(name))) || (kind === 'contact' && settings.test(name)));

/** Reads it, before anybody was made. */
export async function readRows(db: Queryable, catalog: LiveCatalog, hints: ReadonlyMap<string, Table>): Promise<Rows> {
  const tables = catalog.relations.filter(({ kind, schema }) => kind === 'table' && schema !== 'storage' && schema !== 'realtime');
  const questions = tables.map(({ id, sql }) => `SELECT ${quote(id)} AS id WHERE EXISTS (SELECT 1 FROM ${sql})`);
  const filled = questions.length === 0 ? [] : await db.query<{ id: string }>(questions.join(' UNION ALL '));
  const about = aboutPeople(tables, hints);
  const full = new Set(filled.map(({ id }) => id));
  const isList = (relation: Relation): boolean => {
    const hint = hints.get(relation.id);
    return full.has(relation.id) && !about.has(relation.id) && !hint?.tenancy && isPlain(relation, hint?.holds ?? []);
  };
  return { filled: full, aboutPeople: about, lists: new Set(tables.filter(isList).map(({ id }) => id)) };
}

/** Kinds of data that are somebody's, and not only worth something. */
const personal = new Set(['contact', 'identity', 'health', 'secret', 'message']);
const person = new Set(['contact', 'identity', 'health']);

/** Tables with a key to a table of people, or to one of these. */
function aboutPeople(tables: readonly Relation[], hints: ReadonlyMap<string, Table>): Map<string, string> {
  const found = new Map<string, string>();
  const people = new Map(
    tables.flatMap(({ id, name }) => {
      const hint = hints.get(id);
      const kinds = hint?.nature.kind === 'private' ? hint.holds.filter((kind) => person.has(kind)) : [];
      return kinds.length > 0 ? [[id, `${name}, which holds ${kinds.join(' and ')} data`] as const] : [];
    }),
  );
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { id, foreignKeys } of tables) {
      const key = foreignKeys.find(
        ({ columns, target }) => target !== id && !columns.some(isAuthorColumn) && (people.has(target) || found.has(target)),
      );
      if (!key || found.has(id)) continue;
      const where = people.get(key.target) ?? `${key.target.replace(/^.*\./, '')}, which is about people`;
      found.set(id, `${key.columns.join(', ')} refers to ${where}`);
    }
  }
  return found;
}

/** Names of what a program writes down or works off. */
const written = /(?:^|_)(?:logs?|history|histories|audits?|events?|queues?|filas?)(?:_|$)/i;

/** Names of what was paid, owed or ordered: money in it is somebody's, and a row that the repo puts in is an example. */
const dealings =
  /invoice|payment|transaction|order|salar|payroll|wage|expense|receipt|billing|payout|loan|fatura|factura|pedido|pagamento|pago|despesa|gasto/i;

/** Names of what an app is set up with. */
const settings = /(?:settings?|configs?|configurations?|configuracoes|configuraciones|preferences|options)$/i;

/**
 * What the rows are for. A table whose rows are nobody's, that the repo fills itself, and that visitors read only where a policy says so, is a list of
 * the app; one without an owner that leads to people is about them, whatever it is called.
 */
export function purposeOf(
  relation: Relation,
  told: Purpose,
  belongs: Belonging | undefined,
  { filled, aboutPeople: about, lists }: Rows,
  cells: readonly Cell[],
): Purpose {
  const { nature, holds } = told;
  if (relation.kind !== 'table')
    return /^public_/i.test(relation.name) && !holds.some((kind) => personal.has(kind))
      ? { ...told, nature: 'content', natureWhy: 'its name' }
      : told;
  if (belongs !== undefined && belongs.told !== 'author') return told;
  const leads = about.get(relation.id);
  if (leads !== undefined) return nature === 'reference' ? { ...told, nature: 'private', natureWhy: leads } : told;
  const reads = cells.filter(({ verb, outcome, who }) => verb === 'select' && outcome === 'got' && isOutsider(who));
  // Said to everybody, by whoever runs the app.
  if (
    nature === 'log' &&
    belongs === undefined &&
    /notif|announce/i.test(relation.name) &&
    !relation.columns.some(namesOne) &&
    holds.every((kind) => kind === 'message')
  )
    return { ...told, nature: 'content', natureWhy: 'it names nobody' };
  const slipped = cells.some((cell) => cell.who === 'anon' && cell.verb === 'select' && cell.outcome === 'got' && !isMeant(cell));
  const [, target] = /^\w+ refers to (\S+)$/.exec(told.natureWhy) ?? [];
  if (target !== undefined && lists.has(target) && !slipped)
    return { ...told, nature: 'reference', natureWhy: `${told.natureWhy}, a list` };
  return (nature === 'private' || nature === 'log') &&
    isPlain(relation, holds, reads.length > 0 && reads.every(isMeant)) &&
    !slipped &&
    filled.has(relation.id)
    ? { ...told, nature: 'reference', natureWhy: "the repo fills it itself, and its rows are nobody's" }
    : told;
}

/** A column that names a person or a tenant. */
const namesOne = ({ name }: Relation['columns'][number]): boolean =>
  isOwnerColumn(name) || isTenantColumn(name) || /(?:user|recipient|customer|client|employee|member)_?(?:id|uuid|email)$/i.test(name);

/** The same cells; those of a form or log that names nobody, and that a policy opens to everybody in so many words, say that they are meant. */
export function withMeant(cells: readonly Cell[], { nature }: Purpose, namesSomebody: boolean): readonly Cell[] {
  if (namesSomebody || (nature !== 'intake' && nature !== 'log')) return cells;
  return cells.map((cell) =>
    cell.verb === 'insert' && cell.outcome === 'got' && isMeant(cell)
      ? { ...cell, meant: 'its policy says that everybody adds to it' }
      : cell,
  );
}
