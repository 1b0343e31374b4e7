import type { Place } from '../../../../core/finding.ts';
import type { Gap } from '../../../../evidence/source.ts';
import type { Machine, NativeCall, Span, Value } from '../interpret/value.ts';
import type { Module } from '../module.ts';

/** Hooks that run before the handler, in their order. */
export const lifecycle = ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const;
export type Phase = (typeof lifecycle)[number];

export interface FastifyHook {
  /** A phase of the lifecycle, or `onRoute`, which may change the routes registered after it. */
  readonly name: string;
  readonly run: Value;
  readonly place: Place;
  readonly module: Module;
}

export interface FastifyRoute {
  readonly instance: FastifyInstance;
  /** Upper case; `ALL` for any. */
  readonly method: string;
  /** With all prefixes. */
  readonly path: string;
  readonly handler: Value;
  readonly hooks: ReadonlyMap<Phase, readonly Value[]>;
  readonly options: ReadonlyMap<string, Value>;
  readonly place: Place;
  readonly module: Module;
  readonly gaps: readonly Gap[];
}

/** A Fastify instance: the server itself, or the encapsulated scope of a plugin. */
export interface FastifyInstance {
  readonly parent?: FastifyInstance;
  readonly prefix: string;
  readonly place: Place;
  /** Hooks of the parent at the time the plugin was loaded, then its own. */
  readonly hooks: FastifyHook[];
  readonly routes: FastifyRoute[];
  readonly children: FastifyInstance[];
  /** Decorators of the instance, the request and the reply; a scope sees those of its parents. */
  readonly decorators: Readonly<Record<'instance' | 'request' | 'reply', Map<string, Value>>>;
  /** Plugins to load once the running function is through, or at the next `await`. */
  queue: Pending[];
  /** What could not be followed and may guard every route of the scope. */
  readonly gaps: Gap[];
  readonly value: Value;
}

/** A plugin that waits to be loaded. */
export interface Pending {
  readonly plugin: Value;
  readonly options: Value;
  readonly node: Span;
  readonly module: Module;
}

/** A plugin of a package we know. */
export type Install = (instance: FastifyInstance, options: Value, call: Pick<NativeCall, 'machine' | 'node' | 'module'>) => void;

const roots = new WeakMap<Machine, FastifyInstance[]>();

/** The servers made while the modules of the repo ran. */
export function fastifyServers(machine: Machine): FastifyInstance[] {
  let list = roots.get(machine);
  if (!list) roots.set(machine, (list = []));
  return list;
}

/** A decorator by name, of the scope or one around it. */
export function decorator(instance: FastifyInstance, on: keyof FastifyInstance['decorators'], name: string): Value | undefined {
  for (let at: FastifyInstance | undefined = instance; at; at = at.parent) {
    const value = at.decorators[on].get(name);
    if (value) return value;
  }
  return undefined;
}
