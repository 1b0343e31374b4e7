import { answer } from './supabase-answer.ts';
import { type DataAccess, type DataClient } from '../../../../evidence/routes.ts';
import { type Value, api, native, stringOf, unknown } from '../interpret/value.ts';
import { type Filter, access } from './access.ts';

const storageOperations: Record<string, DataAccess['operation']> = {
  upload: 'create',
  update: 'update',
  download: 'read',
  remove: 'delete',
  list: 'read',
  move: 'update',
  copy: 'create',
  createSignedUrl: 'read',
  createSignedUrls: 'read',
  createSignedUploadUrl: 'create',
};

export const storage = (client: DataClient): Value =>
  api('supabase-storage', {
    member: (name) =>
      name === 'from'
        ? native((bucket) =>
            api('supabase-bucket', {
              member: (verb) =>
                native(({ machine, args, node, module }) => {
                  const operation = storageOperations[verb];
                  if (!operation) return unknown;
                  const key = args[0]?.items?.[0] ?? args[0] ?? unknown;
                  access(machine, {
                    kind: 'storage',
                    name: stringOf(bucket.args[0]) ?? '*',
                    operation,
                    client,
                    filters: pathFilters(key),
                    node,
                    module,
                  });
                  return answer(unknown);
                }),
            }),
          )
        : native(() => answer(unknown)),
  });

/** An object key tied to the caller: one of its parts is the caller's id or tenant. */
function pathFilters(key: Value): Filter[] {
  const parts = key.parts?.filter((part): part is Value => typeof part !== 'string') ?? [key];
  return parts.map((value) => ({ column: 'name', value }));
}
