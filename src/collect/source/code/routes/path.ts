import type { Place } from '../../../../core/finding.ts';
import type { Module } from '../module.ts';
import { literal, type Value } from '../interpret/value.ts';
import { input } from '../know/web.ts';

/** A middleware file with the paths it runs on. */
export interface MiddlewareFile {
  readonly module: Module;
  readonly run: Value;
  readonly matcher: readonly string[];
  readonly place: Place;
}

/** A route's path as a value: parameters are inputs of the caller's choosing, so `path.includes('.')` stays open for them. */
export function pathValue(url: string): Value {
  const parts = url.split(/(:\w+[*+?]?)/).filter((part) => part !== '');
  if (parts.length <= 1 && !url.includes(':')) return literal(url);
  return { parts: parts.map((part) => (part.startsWith(':') ? input('path', part.slice(1).replace(/[*+?]$/, '')) : part)) };
}

/** Joins a mount path and a route path: one slash between, none at the end. */
export function joinPaths(...paths: readonly string[]): string {
  const joined = paths
    .join('/')
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '');
  return joined.startsWith('/') ? joined : `/${joined}`;
}

/** Place of what a module exports under a name. */
export function exportPlace(module: Module, name: string): ReturnType<Module['placeOf']> {
  const binding = module.exports.get(name);
  if (binding?.kind === 'local') {
    const statement = module.declarations.get(binding.name);
    if (statement) return module.placeOf(statement);
  }
  return binding?.kind === 'expression' ? module.placeOf(binding.node) : { file: module.path, line: 1 };
}
