import type { RouteSource } from '../../../evidence/live-access.ts';
import type { Schema } from './schema.ts';
import type { Way } from './way.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema?: Schema;
}

/** Something the running app can be asked. */
export interface Operation {
  /** `GET /api/invoices/{id}`. */
  readonly id: string;
  readonly method: string;
  /** Parameters as `{name}`. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body?: {
    readonly type: 'json' | 'form' | 'multipart';
    readonly schema: Schema;
    /** One that the app's own pages sent, without its secrets. */
    readonly sample?: Readonly<Record<string, unknown>>;
  };
  readonly sources: readonly RouteSource[];
  /** How it is sent, where it has no address of its own. */
  readonly way?: Way;
  /** The user named it: it is sent although its address promises harm. */
  readonly allowed?: true;
  /** Why it is not sent by itself, where its code says so and not its address. */
  readonly danger?: string;
}

/** Whether nobody named it: see `familiesOf`. */
export const isGuess = ({ sources }: Operation): boolean => sources.every((source) => source === 'guess');

export const operationId = (method: string, path: string): string => `${method} ${path}`;

/** Names of the parameters in a path. */
export const pathParameters = (path: string): string[] => [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);

/** However parameters are called and whether a slash ends it. */
export const operationKey = ({ method, path }: Pick<Operation, 'method' | 'path'>): string =>
  operationId(method, path.replace(/\{[^}]+\}/g, '{}').replace(/(.)\/$/, '$1'));

/** The same operations, those of one method and path together; parameters may have other names in other sources. */
export function merged(all: readonly Operation[]): Operation[] {
  const known = new Map<string, Operation>();
  for (const one of all) {
    const key = operationKey(one);
    const before = known.get(key);
    known.set(
      key,
      before
        ? {
            ...before,
            parameters: [
              ...before.parameters,
              ...one.parameters.filter(
                (extra) =>
                  extra.in !== 'path' && !before.parameters.some(({ name, in: where }) => name === extra.name && where === extra.in),
              ),
            ],
            ...(before.body
              ? { body: { ...before.body, ...(one.body?.sample && { sample: one.body.sample }) } }
              : one.body && { body: one.body }),
            sources: [...new Set([...before.sources, ...one.sources])],
            ...(one.danger !== undefined && { danger: one.danger }),
            ...(!before.way && one.way && { way: one.way }),
          }
        : one,
    );
  }
  return [...known.values()];
}
