import type { Place } from '../../../core/finding.ts';
import { decoratorsOf, given, methodsOfClass, methodsOfFunction, viewClass } from './handlers.ts';
import { type Machine, settled } from './machine.ts';
import type { Module } from './modules.ts';
import { type CallValue, isFalse, itemsOf, lineage, memberOf, nameOf, textOf, type Value } from './value.ts';

/** A route as it was read, before its guards are judged. Its path is in the house's form, with the slash at the end that Django asks for. */
export interface Found {
  readonly framework: string;
  readonly method: string;
  readonly path: string;
  readonly place: Place;
  readonly guards: readonly Value[];
  readonly page?: boolean;
  /** What answers, where it was found and answers nothing else. */
  readonly handler?: Value;
}

/** What could not be read, with its place. */
export type Miss = (what: string, why: string, place: Place) => void;

/** The file Django starts at, by its settings; else those that no other one includes. */
export function rootsOf(machine: Machine): Module[] {
  const { paths, text, resolve, module } = machine.sources;
  const named = paths.flatMap((path) => {
    const name = /^\s*ROOT_URLCONF\s*=\s*["']([\w.]+)["']/m.exec(text(path) ?? '')?.[1];
    const target = name === undefined ? undefined : resolve(name, path);
    return target?.endsWith('.py') ? [target] : [];
  });
  const declaring = paths.filter((path) => /^urlpatterns\b/m.test(text(path) ?? ''));
  const included = new Set(
    declaring.flatMap((path) =>
      [...(text(path) ?? '').matchAll(/\binclude\(\s*\(?\s*["']([\w.]+)["']/g)].flatMap(([, name = '']) => resolve(name, path) ?? []),
    ),
  );
  const roots = named.length > 0 ? named : declaring.filter((path) => !included.has(path));
  return [...new Set(roots)].flatMap((path) => module(path) ?? []);
}

/** The routes below a file with `urlpatterns`. */
export function* djangoRoutes(machine: Machine, root: Module, miss: Miss): Generator<Found> {
  yield* patterns(machine, urlpatterns(machine, root, miss), { prefix: '/', miss, seen: new Set([root.path]), guards: [] });
}

function language({ sources }: Machine): string {
  for (const path of sources.paths) {
    const code = /^\s*LANGUAGE_CODE\s*=\s*["']([\w-]+)["']/m.exec(sources.text(path) ?? '')?.[1];
    if (code !== undefined) return code.toLowerCase();
  }
  return ':language';
}

interface Below {
  readonly prefix: string;
  readonly miss: Miss;
  readonly seen: ReadonlySet<string>;
  readonly guards: readonly Value[];
}

function urlpatterns(machine: Machine, module: Module, miss: Miss): readonly Value[] {
  machine.run(module);
  const value = settled(module.scope.names.get('urlpatterns'));
  if (value?.kind === 'list' || value?.kind === 'call') return [value];
  miss(`the addresses in ${module.path}`, 'its urlpatterns are put together in a way that is not followed', { file: module.path });
  return [];
}

function* patterns(machine: Machine, values: readonly Value[], below: Below): Generator<Found> {
  for (const value of values) {
    if (machine.budget-- <= 0) return;
    if (value.kind === 'list') yield* patterns(machine, value.items, below);
    else if (value.kind === 'router') continue;
    else if (value.kind === 'call') yield* pattern(machine, value, below);
  }
}

function* pattern(machine: Machine, call: CallValue, below: Below): Generator<Found> {
  const { callee, args, place } = call;
  const name = callee.split('.').at(-1) ?? '';
  if (name === 'i18n_patterns') {
    // The default language has no prefix where that is said.
    const prefix = isFalse(call.named.get('prefix_default_language')) ? below.prefix : `${below.prefix}${language(machine)}/`;
    yield* patterns(machine, args, { ...below, prefix });
    return;
  }
  if (name === 'static') {
    const at = textOf(args[0]);
    if (at !== undefined) yield found(call, `${below.prefix}${at.replace(/^\//, '')}`, 'GET', below, [], true);
    return;
  }
  if (name === 'format_suffix_patterns') {
    yield* patterns(machine, args.slice(0, 1), below);
    return;
  }
  if (!['path', 're_path', 'url'].includes(name)) return;
  const written = textOf(given(call, 'route', 0) ?? call.named.get('regex'));
  const view = given(call, 'view', 1);
  if (written === undefined) {
    below.miss('an address in urlpatterns', 'it is put together in a way that is not followed', place);
    return;
  }
  const part = name === 'path' ? pathOf(written) : regexOf(written);
  if (part === undefined) {
    below.miss(`the pattern ${written.slice(0, 60)}`, 'this regular expression is no plain address', place);
    return;
  }
  const prefix = `${below.prefix}${part.replace(/^\//, '')}`;
  const inner = included(machine, view, place.file ?? '', { ...below, prefix });
  if (inner) yield* patterns(machine, inner.values, { ...below, prefix, seen: inner.seen });
  else yield* views(call, prefix, view, below);
}

/** What stands behind `include(...)`, or a router's `urls`; `undefined` for a view, none where it is a package's. */
function included(
  machine: Machine,
  view: Value | undefined,
  from: string,
  below: Below,
): { values: readonly Value[]; seen: ReadonlySet<string> } | undefined {
  if (view?.kind !== 'call' || !/(?:^|\.)include$/.test(view.callee)) {
    // `path('admin/', admin.site.urls)`: a list of its own.
    return view?.kind === 'list'
      ? { values: view.items.flatMap((item) => (item.kind === 'list' ? item.items : [item])), seen: below.seen }
      : undefined;
  }
  const [first] = view.args;
  const what = first?.kind === 'list' && first.items[0]?.kind !== 'call' ? (first.items[0] ?? first) : first;
  const name = textOf(what);
  const path = name === undefined ? (what?.kind === 'module' ? what.module.path : undefined) : machine.sources.resolve(name, from);
  const module = path?.endsWith('.py') ? machine.sources.module(path) : undefined;
  if (module) {
    if (below.seen.has(module.path)) return { values: [], seen: below.seen };
    return { values: urlpatterns(machine, module, below.miss), seen: new Set([...below.seen, module.path]) };
  }
  if (what?.kind === 'list') return { values: what.items, seen: below.seen };
  below.miss(`what is included at ${below.prefix}`, `${name ?? (nameOf(what) || 'it')} is no file of this repo`, view.place);
  return { values: [], seen: below.seen };
}

function* views(call: CallValue, path: string, view: Value | undefined, below: Below): Generator<Found> {
  const guards: Value[] = [];
  let handler = view;
  // `login_required(view)`, `csrf_exempt(view)`, `cache_page(60)(view)`
  for (let steps = 0; handler?.kind === 'call' && !viewClass(handler) && steps < 5; steps += 1) {
    const inner = handler.args.find(({ kind }) => kind === 'function' || kind === 'call');
    if (!inner) break;
    guards.push(handler);
    handler = inner;
  }
  const type = viewClass(handler);
  const mapped = handler?.kind === 'call' && handler.callee === 'as_view' ? handler.args[1] : undefined;
  if (mapped?.kind === 'dictionary') {
    for (const verb of mapped.entries.keys()) yield found(call, path, verb.toUpperCase(), below, [...guards, ...classGuards(type)]);
    return;
  }
  if (handler?.kind === 'function') {
    const methods = methodsOfFunction(handler);
    for (const method of methods) {
      const route = found(call, path, method, below, [...guards, ...handler.decorators]);
      yield methods.length === 1 ? { ...route, handler } : route;
    }
    return;
  }
  const methods = type ? methodsOfClass(type) : [];
  if (methods.length > 0)
    for (const method of methods) yield found(call, path, method, below, [...guards, ...classGuards(type), ...decoratorsOf(type, method)]);
  else if (/\.site\.urls$/.test(nameOf(handler))) yield found(call, path, 'GET', below, [], true);
  else if (/(?:^|\.)static\.serve$/.test(nameOf(handler))) yield found(call, path.replace(/:\w+\*?$/, ''), 'GET', below, [], true);
  else below.miss(`the view at ${path}`, 'which methods it answers could not be told', call.place);
}

/** `permission_classes = [IsAuthenticated]`, a mixin that asks for a login, `@method_decorator(login_required)`. */
export function classGuards(type: Value | undefined): Value[] {
  if (type?.kind !== 'class') return [];
  // What it chooses by itself for each request is not known.
  if (memberOf(type, 'get_permissions')) return [type, ...type.decorators];
  for (const one of lineage(type)) {
    const listed = one.kind === 'class' ? one.members.get('permission_classes') : undefined;
    if (listed) return [...itemsOf(listed), type, ...type.decorators];
  }
  return [type, ...type.decorators];
}

const found = (call: CallValue, path: string, method: string, below: Below, guards: readonly Value[], page?: boolean): Found => ({
  framework: 'Django',
  method,
  path,
  place: call.place,
  guards: [...below.guards, ...guards],
  ...(page && { page }),
});

/** `orders/<int:pk>/` → `orders/:pk/`. */
export const pathOf = (path: string): string =>
  path.replace(/<(?:(\w+):)?(\w+)>/g, (_, converter: string | undefined, name: string) => `:${name}${converter === 'path' ? '*' : ''}`);

/** `^orders/(?P<pk>\d+)/$` → `orders/:pk/`; `undefined` where the expression is more than an address with parameters. */
export function regexOf(pattern: string): string | undefined {
  let nth = 0;
  let text = pattern.replace(/^\^/, '').replace(/(?:\$|\\Z)$/, '');
  // Groups first: what stands in them is of no matter.
  for (let rounds = 0; rounds < 20; rounds += 1) {
    const start = /\((?:\?P<(\w+)>|\?:)?/.exec(text);
    if (!start) break;
    const end = closing(text, start.index);
    if (end === undefined) return undefined;
    const isCapture = !start[0].endsWith('?:');
    // Flags and looks ahead, and a choice that has to be made.
    if (start[0] === '(' && text[start.index + 1] === '?') return undefined;
    if (!isCapture && !/^[?*]/.test(text.slice(end + 1))) return undefined;
    nth += isCapture ? 1 : 0;
    const after = /^[?*+]/.exec(text.slice(end + 1))?.[0].length ?? 0;
    const inside = text.slice(start.index, end);
    const whole = isCapture && /\.[*+]$/.test(inside) ? '*' : '';
    // An optional group that captures nothing is left out: the address without it is one as well.
    text = `${text.slice(0, start.index)}${isCapture ? `\u0001${start[1] ?? `p${nth}`}${whole}\u0002` : ''}${text.slice(end + 1 + after)}`;
  }
  text = text.replace(/\/\?$/, '/').replace(/\\([./_-])/g, '$1');
  if (/[\\[\]+?|^$(){}]|[^\u0002\w/.-]\*/.test(text.replace(/\u0001[^\u0002]*\u0002/g, ''))) return undefined;
  return text.replaceAll('\u0001', ':').replaceAll('\u0002', '');
}

function closing(text: string, open: number): number | undefined {
  let depth = 0;
  let inClass = false;
  for (let at = open; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '(' && !inClass) depth += 1;
    else if (char === ')' && !inClass && (depth -= 1) === 0) return at;
  }
  return undefined;
}
