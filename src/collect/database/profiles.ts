import type { Cell, Escalation, GrantProfile, ProvedObject } from '../../evidence/isolation.ts';
import type { LiveCatalog } from './live/catalog.ts';
import type { Proof } from './prove.ts';

const both: readonly GrantProfile[] = ['default', 'explicit'];

/**
 * Says of each access that worked in which grant profiles it does: all of it was tried where tables are exposed by default. Fewer grants can only
 * take access away, so an access stays where the privileges that it needs are granted by the repo itself.
 * @param explicit catalog of the same repo rebuilt without default grants; `undefined` when it grants nothing.
 */
export function withProfiles(proof: Proof, explicit: LiveCatalog | undefined): Proof {
  const objects = proof.objects.map((object) => ({
    ...object,
    cells: object.cells.map((cell) => ({ ...cell, profiles: profilesOf(object, cell, explicit) })),
  }));
  return { ...proof, objects, escalations: proof.escalations.map((one) => ({ ...one, profiles: ofEscalation(one, explicit) })) };
}

const role = (who: Cell['who']): 'anon' | 'authenticated' => (who === 'anon' ? 'anon' : 'authenticated');

function profilesOf(object: ProvedObject, cell: Cell, explicit: LiveCatalog | undefined): readonly GrantProfile[] {
  // The platform's own tables are granted by the platform; what was refused with more grants is refused with fewer.
  if (object.kind === 'bucket' || object.kind === 'channel' || cell.outcome !== 'got') return both;
  return holds(object, cell, explicit) ? both : ['default'];
}

function holds({ kind, schema, name }: ProvedObject, { verb, who, columns = [] }: Cell, explicit: LiveCatalog | undefined): boolean {
  const id = `${schema}.${name}`;
  if (kind === 'function') return explicit?.routines.some((routine) => routine.id === id && routine.callers.includes(role(who))) ?? false;
  const grants = explicit?.relations.find((relation) => relation.id === id)?.grants[role(who)];
  if (!grants) return false;
  const may = (privilege: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE'): boolean => {
    const granted = grants[privilege];
    return (
      granted === 'all' ||
      (privilege === 'UPDATE' && columns.length > 0 ? columns.some((column) => granted.includes(column)) : granted.length > 0)
    );
  };
  switch (verb) {
    case 'select':
      return may('SELECT');
    case 'insert':
      return may('INSERT');
    // A condition reads the columns it names.
    case 'update':
      return may('UPDATE') && may('SELECT');
    case 'delete':
      return may('DELETE') && may('SELECT');
    default:
      return true;
  }
}

function ofEscalation({ kind, object, column }: Escalation, explicit: LiveCatalog | undefined): readonly GrantProfile[] {
  if (kind === 'sign-up-metadata' || kind === 'first-user') return both;
  if (kind === 'function')
    return explicit?.routines.some(({ id, callers }) => id === object && callers.includes('authenticated')) ? both : ['default'];
  const grants = explicit?.relations.find(({ id }) => id === object)?.grants.authenticated;
  const granted = kind === 'self-insert' ? grants?.INSERT : grants?.UPDATE;
  const able = granted === 'all' || (granted !== undefined && (column === undefined ? granted.length > 0 : granted.includes(column)));
  return able ? both : ['default'];
}
