import { allowed, given } from './handlers.ts';
import { type Knowledge, settled } from './machine.ts';
import { type CallValue, constant, isFalse, lineage, list, nameOf, native, textOf, textsOf, unknown, type Value } from './value.ts';

const routers =
  /^rest_framework(?:_nested)?(?:\.routers)?\.(?:DefaultRouter|SimpleRouter|NestedSimpleRouter|NestedDefaultRouter|BulkRouter)$|^rest_framework_extensions\.routers\.\w*Router$/;

/** What the classes of Django REST framework do by themselves, by the last part of their name. */
const does: Readonly<Record<string, readonly string[]>> = {
  ModelViewSet: ['list', 'create', 'retrieve', 'update', 'partial_update', 'destroy'],
  ReadOnlyModelViewSet: ['list', 'retrieve'],
  ListModelMixin: ['list'],
  CreateModelMixin: ['create'],
  RetrieveModelMixin: ['retrieve'],
  UpdateModelMixin: ['update', 'partial_update'],
  DestroyModelMixin: ['destroy'],
};

const standing: Readonly<Record<string, readonly [method: string, detail: boolean]>> = {
  list: ['GET', false],
  create: ['POST', false],
  retrieve: ['GET', true],
  update: ['PUT', true],
  partial_update: ['PATCH', true],
  destroy: ['DELETE', true],
};

/** One thing a viewset does: how it is asked for, and where below the set. */
interface Action {
  readonly method: string;
  readonly detail: boolean;
  readonly path: string;
}

/** What a viewset does: what its bases bring, what it defines, and its `@action`s. */
function actionsOf(type: Value): Action[] {
  const names = new Set<string>();
  const further: Action[] = [];
  for (const one of lineage(type)) {
    for (const name of does[nameOf(one).split('.').at(-1) ?? ''] ?? []) names.add(name);
    if (one.kind !== 'class') continue;
    for (const [name, member] of one.members) {
      if (name in standing && member.kind === 'function') names.add(name);
      if (member.kind !== 'function') continue;
      for (const by of member.decorators) {
        if (by.kind !== 'call' || !/(?:^|\.)(?:action|detail_route|list_route)$/.test(by.callee)) continue;
        const methods = textsOf(by.named.get('methods') ?? by.args[0]);
        const detail = by.callee.endsWith('detail_route') || !(isFalse(by.named.get('detail')) || by.callee.endsWith('list_route'));
        for (const method of methods.length > 0 ? methods : ['get'])
          further.push({ method: method.toUpperCase(), detail, path: `${textOf(by.named.get('url_path')) ?? name}` });
      }
    }
  }
  const only = type.kind === 'class' ? allowed(type) : undefined;
  return [
    ...[...names].flatMap((name) => (standing[name] ? [{ method: standing[name][0], detail: standing[name][1], path: '' }] : [])),
    ...further,
  ].filter(({ method }) => only?.includes(method) ?? true);
}

/** Routers of Django REST framework: what is registered on them comes as patterns, as `router.urls` gives them to Django. */
export const restFramework: Knowledge = {
  construct(_, call) {
    if (!routers.test(call.callee)) return undefined;
    const urls: Value[] = [];
    const slash = isFalse(call.named.get('trailing_slash')) ? '' : '/';
    const nested = /Nested/.test(call.callee);
    const parent = nested ? call.args[0] : undefined;
    const lookup = textOf(call.named.get('lookup'));
    const at = textOf(call.args[1]);
    const above = nested && at !== undefined ? `${parentsOf.get(parent ?? unknown) ?? ''}${at}${slash}<${lookup ?? 'nested'}_pk>/` : '';
    const own: Value = { kind: 'instance', of: noClass, fields: new Map() };
    parentsOf.set(own, above);
    own.fields.set('urls', list(urls));
    own.fields.set('registry', list([]));
    own.fields.set(
      'register',
      native((inner) => (urls.push(...patternsOf(inner, above, slash)), unknown)),
    );
    return own;
  },
  member: () => undefined,
};

/** Where the routers nested in a router stand. */
const parentsOf = new WeakMap<Value, string>();

const noClass: Extract<Value, { kind: 'class' }> = {
  kind: 'class',
  name: 'Router',
  node: undefined as never,
  module: undefined as never,
  bases: [],
  members: new Map(),
  decorators: [],
};

function patternsOf(call: CallValue, above: string, slash: string): Value[] {
  const prefix = textOf(given(call, 'prefix', 0));
  const type = settled(given(call, 'viewset', 1));
  if (prefix === undefined || !type) return [];
  const lookup = type.kind === 'class' ? (lookupOf(type, 'lookup_url_kwarg') ?? lookupOf(type, 'lookup_field')) : undefined;
  const below = prefix === '' ? above : `${above}${prefix}/`;
  return actionsOf(type).map(({ method, detail, path }) => {
    const written = `${below}${detail ? `<${lookup ?? 'pk'}>/` : ''}${path === '' ? '' : `${path}/`}`.replace(
      /\(\?P<(\w+)>[^)]*\)/g,
      '<$1>',
    );
    const view: Value = {
      kind: 'call',
      callee: 'as_view',
      args: [type, { kind: 'dictionary', entries: new Map([[method.toLowerCase(), constant('')]]) }],
      named: new Map(),
      place: call.place,
    };
    const route = slash === '' ? written.replace(/\/$/, '') : written;
    return { kind: 'call', callee: 'django.urls.path', args: [constant(route), view], named: new Map(), place: call.place };
  });
}

function lookupOf(type: Value, name: string): string | undefined {
  for (const one of lineage(type)) {
    const found = one.kind === 'class' ? textOf(one.members.get(name)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
