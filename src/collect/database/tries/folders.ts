import type { LiveCatalog, Relation } from '../live/catalog.ts';
import type { Worlds } from '../world/world.ts';
import { idMeaning } from './functions.ts';

/** What the first folder of a file stands for: an account, a tenant, a row of a table, or nobody in particular. */
export type Folder = { readonly is: 'account' | 'tenant' | 'nobody' } | { readonly is: 'row'; readonly table: Relation };

const account = /^(?:auth_)?(?:user|usuario|owner|profile|perfil|account|auth)_u?id$|^uid$/;
const chosen = /^(?:current|active|selected|my|own|target|new)_/;

/** What a folder stands for, by the name of the value that the app's code puts there: see `UploadPath`. */
export function folderOf(first: string, { relations }: LiveCatalog, worlds: Worlds): Folder {
  const name = first.replace(chosen, '');
  if (account.test(name)) return { is: 'account' };
  if (!name.endsWith('_id')) return { is: 'nobody' };
  const tables = relations.filter(({ kind, schema }) => kind === 'table' && schema !== 'storage' && schema !== 'realtime');
  const meaning = idMeaning(name, { name: '' }, tables, worlds);
  if (meaning.is !== 'row') return { is: 'nobody' };
  return worlds.ownership.roots.has(meaning.table.id) ? { is: 'tenant' } : meaning;
}
