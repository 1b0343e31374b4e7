import type { DatabaseFunction, DatabaseModel, Table } from '../../../evidence/database.ts';
import { isCosmetic } from '../../../evidence/database-questions.ts';
import type { DataAccess, Leaves, RouteInventory, Subject } from '../../../evidence/routes.ts';
import { plainTableName } from '../../../evidence/table-name.ts';
import { kindsAmong } from '../database/facts/holds.ts';
import { plainTables } from './plain.ts';
import { aboutPeople, soundsPersonal, subjectTable } from './subject.ts';

/** Columns by which a tenant introduces itself: on its login page, in a list to choose from. */
const face =
  /^(?:(?:tenant|org|organi[sz]ation|company|workspace|store|shop)_)?(?:id|uuid|name|title|slug|sub_?domain|domain|status|logo\w*|icon\w*|brand\w*|theme\w*|(?:primary|secondary|accent)_colou?r|colou?r\w*|locale|language|time_?zone|is_?active|active)$/;
const ownAddress = /^(?:sub_?domain|custom_?domain|domain|slug|host(?:_?name)?)$/i;
const tenants =
  /^(?:tenant|organi[sz]ation|org|company|workspace|team|store|shop|business|agency|clinic|hospital|school|restaurant|empresa|loja)$/;
/** What visitors are shown: goods, published texts, lists to choose from. */
const window =
  /^(?:(?:store|shop|product|menu|blog|site|landing|event|course|addon)_)?(?:product|variant|variation|category|collection|billboard|banner|slide|gallery|gallery_image|menu|menu_item|addon|post|article|page|faq|testimonial|news|announcement|plan|pricing|event|country|city|currency|language|translation|holiday|course|changelog|brand|attribute|tag|size|color|promotion|job_posting|opening_hour|delivery_zone)$|^(?:blog|product|public|landing)_\w+$/;
const soundsPublic = (name: string): boolean => window.test(name);
/** How a site of a tenant looks and what it offers. */
const settings = /(?:^|_)(?:config|configuration|setting|theme|branding|appearance)$/;
/** What a shop knows of its goods and does not tell. */
const internal =
  /^(?:internal|private|admin|staff)_|(?:^|_)(?:notes?|margin|profit|commission|supplier|wholesale|purchase|revenue|markup)(?:_|$)|(?:^|(?<!shipping|delivery)_)cost(?:_price)?$/;
/** Tables whose rows are found by the link in a mail. */
const mailed = /invit|magic_?link|share_?(?:link|token)|shared_/;
const counted = /^(?:int|integer|bigint|smallint|serial|bigserial|int4|int8|number|float|decimal|numeric)/i;

const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/** Rows that a rule shows to the browser's own key were meant to be read; a table without any rule may have been forgotten. */
const opensToBrowsers = (table: Table | undefined): boolean => ['flagged', 'condition'].includes(table?.access.anon.select.rows ?? '');

/** Judges what strangers learn from what a read shows them: by its columns, where they are known, and by what the table is for. */
export function leavesOf(model: DatabaseModel | undefined): (access: DataAccess) => Leaves {
  const tables = new Map<string, Table>();
  for (const table of model?.tables ?? []) tables.set(plainTableName(table.name), table);

  const columnsOf = (table: Table | undefined): readonly { readonly name: string; readonly type: string }[] =>
    (table?.columns ?? []).map(({ name, type }) => ({ name: snake(name), type: type.toLowerCase() }));

  // Rows of a table that refers to goods and nothing else (`images` of products) are about goods.
  const showsGoods = (name: string): boolean => {
    if (soundsPublic(name)) return true;
    const about = (tables.get(name)?.columns ?? []).flatMap(({ references }) =>
      references === undefined ? [] : [plainTableName(references)],
    );
    return !soundsPersonal(name) && about.some(soundsPublic) && about.every((one) => soundsPublic(one) || tenants.test(one));
  };

  /** True where a column of this table may not be shown to strangers. */
  const isGrave = (name: string, column: string, type: string): boolean => {
    const kinds = kindsAmong([{ name: snake(column), type }]);
    const goods = showsGoods(name);
    if (internal.test(snake(column))) return true;
    if (aboutPeople(name)) return !/^(?:id|uuid|avatar\w*|image|created_at|createdat)$/.test(snake(column));
    return kinds.some((kind) => kind !== 'location' && (kind !== 'money' || !goods));
  };

  function tableLeaves(name: string, paths: readonly string[], isListed: boolean, isOurs: boolean): Leaves {
    const table = tables.get(name);
    for (const path of paths) {
      const steps = path.split('.');
      const column = steps.pop() ?? '';
      const relation = steps.pop();
      const owner = relation === undefined ? name : plainTableName(relation);
      const target = columnsOf(relation === undefined ? table : tables.get(owner));
      if (column !== '*') {
        const known = target.find((one) => one.name === snake(column));
        if (isGrave(owner, column, known?.type ?? 'text')) return 'private';
        // A relation that is shown whole: what it is called is all that is known of it.
        if (target.length > 0 && !known && !/_id$/.test(snake(column)) && aboutPeople(plainTableName(column))) return 'private';
        continue;
      }
      if (target.some((one) => isGrave(owner, one.name, one.type))) return 'private';
      if (target.length === 0 && !soundsPublic(owner) && (relation === undefined || soundsPersonal(owner))) return 'private';
      if (relation !== undefined && !showsGoods(owner) && soundsPersonal(owner)) return 'private';
    }
    if (showsGoods(name) && table?.tenancy?.kind !== 'owner') return 'content';
    if (soundsPersonal(name) || table?.tenancy?.kind === 'owner' || table?.tenancy?.kind === 'profile') return 'private';
    return isListed && (isOurs || settings.test(name)) ? 'content' : 'private';
  }

  return (access) => {
    const { shows } = access;
    if (shows?.length === 0) return 'nothing';
    if (access.kind !== 'table') return 'private';
    const name = plainTableName(access.name);
    const table = tables.get(name);
    const columns = access.inputs.map((input) => input.column.split('.').at(-1) ?? '');
    const id = table?.columns.find((column) => /^(?:id|uuid)$/i.test(column.name));
    if (mailed.test(name) && id && !counted.test(id.type) && columns.some((column) => /^(?:id|uuid)$/i.test(column))) return 'link';
    const isListed = shows !== undefined && !shows.some((path) => path === '*');
    if (isListed && tenants.test(name) && columns.length > 0 && shows.every((path) => face.test(snake(path))))
      return columns.some((column) => ownAddress.test(column) || /^id$/i.test(column)) ? 'content' : 'private';
    const leaves = tableLeaves(name, shows ?? ['*'], isListed, access.client !== 'service');
    return leaves === 'private' &&
      isListed &&
      opensToBrowsers(table) &&
      !shows.some((path) => path.includes('.') || isGrave(name, path, 'text'))
      ? 'content'
      : leaves;
  };
}

type Called = Pick<DataAccess, 'operation' | 'leaves' | 'subject'>;

/**
 * What calling a database function comes to, where it does nothing else: a read of what anybody may see, or one more count of a visit.
 */
function callsOf(model: DatabaseModel | undefined, subjectOf: (name: string) => Subject): (access: DataAccess) => Called | undefined {
  const isPublic = (routine: DatabaseFunction): boolean =>
    routine.definer &&
    routine.reads.length > 0 &&
    routine.effects.every(({ verb, table }) => verb === 'select' && !table.startsWith('auth.') && subjectOf(table) === 'public');
  const counts = (routine: DatabaseFunction): boolean =>
    routine.definer &&
    routine.effects.length > 0 &&
    routine.effects.every(
      ({ verb, columns, fills, sets }) => verb === 'update' && sets.length === 0 && (fills ?? columns.every(isCosmetic)),
    );
  return ({ kind, name }) => {
    const overloads = kind === 'rpc' ? (model?.functions ?? []).filter((routine) => routine.name === name) : [];
    if (overloads.length === 0) return undefined;
    if (overloads.every(isPublic)) return { operation: 'read', leaves: 'content', subject: 'public' };
    return overloads.every(counts) ? { operation: 'create', subject: 'intake' } : undefined;
  };
}

/** Fills in what each access is about. */
export function withSubjects(inventory: RouteInventory, model: DatabaseModel | undefined): RouteInventory {
  const subjectOf = subjectTable(model);
  const leaving = leavesOf(model);
  const isPlain = plainTables(model);
  const calls = callsOf(model, subjectOf);
  const told = (access: DataAccess): DataAccess => ({
    ...access,
    ...(access.operation === 'read' && { leaves: leaving(access) }),
    ...(access.wholeInput !== undefined && access.kind === 'table' && isPlain(access.name) && { plain: true }),
    subject: access.kind === 'accounts' ? 'owner' : access.kind === 'storage' ? 'private' : subjectOf(access.name),
    ...calls(access),
  });
  return { ...inventory, routes: inventory.routes.map((route) => ({ ...route, data: route.data.map(told) })) };
}
