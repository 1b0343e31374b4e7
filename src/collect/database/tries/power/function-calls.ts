import type { Routine } from '../../live/catalog.ts';
import { roleAt } from '../../world/labels.ts';
import { identifier, quote } from '../../world/literal.ts';
import { asksForSecret } from '../functions.ts';
import type { Attack, Scene } from './attack.ts';
import { personal, topWords } from './prizes.ts';

/** Functions that write who may what, called for himself. */
export function functionCalls(scene: Scene): Attack[] {
  const { worlds, catalog } = scene;
  const me = worlds.people.account('newcomer');
  const tables = personal(scene);
  return catalog.routines
    .filter(
      (routine) =>
        routine.volatile && routine.callers.includes('authenticated') && !/trigger/.test(routine.returns) && !asksForSecret(routine),
    )
    .filter(({ source }) => /\b(?:insert\s+into|update)\b/i.test(source) && tables.some(({ name }) => source.includes(name)))
    .map((routine): Attack => {
      const list = routine.arguments.flatMap((argument) => {
        const value = argumentFor(argument, scene);
        return value === undefined ? [] : [argument.name === '' ? value : `${identifier(argument.name)} => ${value}`];
      });
      const sql = `SELECT * FROM ${routine.sql}(${list.join(', ')})`;
      return {
        gained: { kind: 'function', who: 'newcomer', what: `calls ${routine.name}`, routine, sql },
        way: { step: { sql, rows: true } },
        as: me.caller,
        baseline: 'newcomer',
        onlyIfOpens: true,
      };
    });
}

/** For himself, into the owner's tenant, with the highest role. */
function argumentFor(argument: Routine['arguments'][number], scene: Scene): string | undefined {
  const { worlds, catalog } = scene;
  const name = argument.name.toLowerCase();
  const as = (text: string): string => `${quote(text)}::${argument.type}`;
  const me = worlds.people.account('newcomer');
  if (argument.labels?.length)
    return as((/role|type/.test(name) ? roleAt(argument.labels, 'platform', undefined) : argument.labels[0]) ?? '');
  if (argument.base === 'uuid') {
    const root = catalog.relations.find(
      ({ id, name: table }) => worlds.ownership.roots.has(id) && name.includes(table.replace(/s$/, '').slice(0, 4)),
    );
    const key = root && Object.values(worlds.row(root, 'owner')?.key ?? {})[0];
    return as(key !== undefined && !/user|member|profile/.test(name) ? key : me.id);
  }
  if (argument.optional) return undefined;
  if (/^(?:text|varchar|citext)$/.test(argument.base))
    return as(/mail/.test(name) ? me.email : /role/.test(name) ? (topWords(catalog)[0] ?? 'admin') : 'x');
  if (/int|numeric|float/.test(argument.base)) return as('1');
  if (argument.base === 'bool') return as('true');
  if (/^jsonb?$/.test(argument.base)) return as('{}');
  return argument.base === 'array' ? as('{}') : `NULL::${argument.type}`;
}
