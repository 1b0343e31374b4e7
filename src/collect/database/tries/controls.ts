import type { Table } from '../../../evidence/database.ts';
import { isOutsider, legitimate } from '../../../evidence/isolation-questions.ts';
import { isRoleColumn } from '../../source/database/facts/words.ts';
import type { LiveCatalog, LiveColumn, Relation } from '../live/catalog.ts';
import { labelsOf, roleWords } from '../world/labels.ts';
import { identifier, quote } from '../world/literal.ts';
import type { Worlds } from '../world/world.ts';
import { type Attempt, type Tried, tryAfter } from './attempt.ts';
import { gatekeepersOf, yesFrom } from './gatekeepers.ts';
import { setAside } from './identity.ts';
import type { Lanes } from './lanes.ts';
import type { Step } from './run.ts';
import { whereRow } from './tables.ts';

const controls = ['owner', 'tenant-admin'] as const;
const mostRoles = 12;
/** The role that a column of truth values gives. */
const yes = 'true';
const mostGatekeepers = 12;

/** Something that somebody legitimate could do after all: another way, with this role, or where this function lets him through. */
export interface Control {
  readonly object: string;
  readonly verb: Attempt['verb'];
  readonly role?: string;
  readonly gatekeeper?: string;
  /** It works once policies that all ask who is calling are set aside. */
  readonly aside?: true;
}

/**
 * Looks for somebody legitimate who can do what nobody could so far. First in other ways (another column, a row that says who entered it). Then the
 * owner and his tenant's administrator are let through by each function that asks who is calling (it may know nobody but an organisation whose id is
 * written in it), and given one role of the app after the other; last, policies that all ask who is calling are set aside. What one of them can then
 * do tells that what others were refused was a fair attempt. It says nothing of what they can do as they are.
 */
export async function positiveControls(
  lanes: Lanes,
  tried: readonly Tried[],
  opened: (attempt: Attempt) => boolean,
  { catalog, worlds, hints }: { readonly catalog: LiveCatalog; readonly worlds: Worlds; readonly hints: ReadonlyMap<string, Table> },
  signal?: AbortSignal,
): Promise<Control[]> {
  const able = new Set(
    tried.filter(({ outcome, attempt }) => outcome === 'got' && !isOutsider(attempt.who)).map(({ attempt }) => cellOf(attempt)),
  );
  let open = tried.filter(({ attempt }) => legitimate.includes(attempt.who) && !able.has(cellOf(attempt)) && opened(attempt));
  const found: Control[] = [];
  const round = async (
    how: Pick<Control, 'role' | 'gatekeeper' | 'aside'>,
    before: readonly Step[],
    among: readonly Tried[],
  ): Promise<Tried[]> => {
    const answers = await tryAfter(lanes, before, among, signal);
    for (const [index, { attempt }] of among.entries()) {
      if (answers[index]?.outcome !== 'got' || able.has(cellOf(attempt))) continue;
      able.add(cellOf(attempt));
      found.push({ object: attempt.object, verb: attempt.verb, ...how });
    }
    open = open.filter(({ attempt }) => !able.has(cellOf(attempt)));
    return answers;
  };
  // A row that a policy hides is hidden whichever column was to be changed.
  const others = (after: readonly Tried[]): Tried[] =>
    after
      .filter(({ attempt, outcome }) => outcome !== 'nothing' && !able.has(cellOf(attempt)))
      .flatMap((one) => one.attempt.ways.filter((way) => way !== one.way).map((way) => ({ ...one, way })));
  await round({}, [], others(open));
  open = open.filter(({ attempt }) => controls.some((name) => name === attempt.who));
  for (const { routine, guards } of gatekeepersOf(catalog).slice(0, mostGatekeepers)) {
    const guarded = open.filter(({ attempt }) => guards.has(attempt.object) || (isFile(attempt) && guards.has('storage.objects')));
    if (guarded.length === 0) continue;
    const how = { gatekeeper: routine.name };
    await round(how, [yesFrom(routine)], others(await round(how, [yesFrom(routine)], guarded)));
  }
  const roles = rolesToTry(catalog, worlds, hints);
  const saidOf = textsOf(catalog);
  const names = roles.map(({ role }) => role);
  for (const { role, before } of roles) {
    // What speaks of roles, but not of this one, does not open by it.
    const asked = open.filter(({ attempt }) => {
      const said = saidOf(attempt.object);
      // A mark such as "is staff" is asked for without a word for its value.
      return said.includes(role) || (!isCalled(attempt) && (role === yes || !names.some((name) => said.includes(name))));
    });
    if (asked.length === 0) continue;
    await round({ role }, before, others(await round({ role }, before, asked)));
  }
  for (const relation of catalog.relations) {
    const own = open.filter(({ attempt }) => attempt.object === relation.id);
    for (const verb of new Set(own.map(({ attempt }) => attempt.verb))) {
      const asked = own.filter(({ attempt }) => attempt.verb === verb);
      const before = asked[0] && setAside(relation, asked[0].attempt, catalog.routines);
      if (before) await round({ aside: true }, before, others(await round({ aside: true }, before, asked)));
    }
  }
  return found;
}

const isFile = ({ object }: Attempt): boolean => object.startsWith('storage.');
/** There are many functions and paths of files, and each costs more than a row. */
const isCalled = (attempt: Attempt): boolean => isFile(attempt) || attempt.ways[0]?.step.find !== undefined;

/** All that decides who may reach a table, a file or call a function: policies, bodies, and what they call. */
function textsOf({ relations, routines }: LiveCatalog): (object: string) => string {
  const texts = new Map<string, string>(routines.map(({ id, reaches }) => [id, reaches]));
  for (const { id, policies } of relations) {
    const own = policies.map(({ using = '', check = '' }) => `${using} ${check}`).join(' ');
    texts.set(id, [own, ...routines.filter(({ name }) => own.includes(`${name}(`)).map(({ reaches }) => reaches)].join(' '));
  }
  return (object) => texts.get(object) ?? texts.get('storage.objects') ?? '';
}

const cellOf = ({ object, verb }: Attempt): string => `${object} ${verb}`;

/** Preparations, each of which gives both of them one role in every table that has it. */
function rolesToTry(
  catalog: LiveCatalog,
  worlds: Worlds,
  hints: ReadonlyMap<string, Table>,
): { readonly role: string; readonly before: readonly Step[] }[] {
  const words = roleWords(catalog);
  const columns = catalog.relations
    .filter(({ id }) => worlds.ownership.persons.has(id))
    .flatMap((relation) => relation.columns.filter((column) => tellsRole(relation, column, hints)).map((column) => ({ relation, column })));
  const labels = [
    ...new Set(columns.flatMap(({ relation, column }) => (column.base === 'bool' ? [yes] : rolesOf(relation, column, words)))),
  ];
  return labels.slice(0, mostRoles).map((label) => ({
    role: label,
    before: columns.flatMap(({ relation, column }) =>
      (column.base === 'bool' ? label === yes : rolesOf(relation, column, words).includes(label))
        ? controls.flatMap((name): Step[] => {
            const row = worlds.row(relation, name);
            if (row?.holder.name !== name) return [];
            return [
              {
                sql: `UPDATE ${relation.sql} SET ${identifier(column.name)} = ${quote(label)}::${column.type} WHERE ${whereRow(row)}`,
                unchecked: true,
              },
            ];
          })
        : [],
    ),
  }));
}

const tellsRole = (relation: Relation, { name, base }: LiveColumn, hints: ReadonlyMap<string, Table>): boolean =>
  base !== 'array' &&
  (isRoleColumn(name) || hints.get(relation.id)?.columns.find((column) => column.name === name)?.power?.kind === 'role');

function rolesOf(relation: Relation, column: LiveColumn, words: readonly string[]): readonly string[] {
  const labels = labelsOf(relation, column);
  if (labels.length > 0) return labels;
  return /^(?:text|varchar|citext)$/.test(column.base) ? words : [];
}
