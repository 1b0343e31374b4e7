import type { Suspicion } from '../core/finding.ts';
import type { Reach, Verb } from './database.ts';
import type { CellVerb, Escalation, ObjectKind } from './isolation.ts';
import type { LinkPurpose } from './mail-link.ts';

/** Names of accesses, by which what is read in the source and what was tried in the rebuilt database find each other. */

/** Who is said to get in: a visitor and with him everybody, or whoever has an account. */
export type Caller = 'anon' | 'authenticated';

interface Thing {
  readonly kind: ObjectKind;
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

/** A verb on rows or files of others; `read` and `write` stand for all verbs of their kind. */
export const accessName = ({ kind, database, schema, name }: Thing, verb: CellVerb | 'read' | 'write', who: Caller): string =>
  `${kind} ${database}:${schema}.${name} ${verb} as ${who}`;

/** A mailed link that works again after it was used, by what it is for. */
export const linkAgainName = (purpose: LinkPurpose): string => `link of a mail once more: ${purpose}`;

/** A way to more power; `detail` is the column, the key of the sign-up data, or the role that it gives. */
export const powerName = (kind: Escalation['kind'], database: string, object: string, detail = ''): string =>
  `${kind} ${database}:${object} ${detail}`.trimEnd();

/** Policies on `realtime.messages` are about channels. */
export const tableThing = (table: { readonly database: string; readonly schema: string; readonly name: string }): Thing => ({
  ...table,
  kind: table.schema === 'realtime' ? 'channel' : 'table',
});

/** The bucket among the objects of a proof. */
export const bucketThing = ({ database, name }: { readonly database: string; readonly name: string }): Thing => ({
  kind: 'bucket',
  database,
  schema: 'storage',
  name,
});

/** What a verb on the rows of `storage.objects` is called where files are tried. */
export const fileVerbs: Readonly<Record<Verb, CellVerb>> = { select: 'download', insert: 'upload', update: 'update', delete: 'delete' };

/** Every row without a condition, so that a try on one of them tells of all: a fair one that was refused refutes it. */
export const reachesWhatever = ({ rows }: Reach): boolean => rows === 'all';

/** A suspicion that a refused try refutes, or one that it does not. */
export const suspicion = (access: string, refutable: boolean): Suspicion => ({ access, ...(refutable && { refutable: true as const }) });
