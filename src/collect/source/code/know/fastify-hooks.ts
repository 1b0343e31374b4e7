import { parametersOf } from '../interpret/call.ts';
import { recordGap } from '../interpret/log.ts';
import { both, join, type State, unanswered } from '../interpret/state.ts';
import { alternativesOf, type Machine, type Value } from '../interpret/value.ts';
import type { Module } from '../module.ts';
import type { Exchange } from './fastify-exchange.ts';
import { passes } from './fastify-exchange.ts';
import { mayGuard } from './registration.ts';

/** Where a hook stands, for gaps and as the site of its call. */
export interface HookSite {
  readonly node: { readonly start: number; readonly end: number };
  readonly module: Module;
}

/** Parameters of a hook in callback style, the last of them `done`. */
const callbackArity = 3;

/**
 * Runs one hook: afterwards the machine's state is what holds where the request goes on. A hook lets a request pass by returning, or, in
 * callback style, by calling `done()`; sending a reply, throwing and `done(error)` end it.
 */
export function runHook(machine: Machine, hook: Value, exchange: Exchange, site: HookSite): void {
  const base = machine.state;
  if (!base) return;
  const ends: (State | undefined)[] = [];
  for (const { value, state } of alternativesOf(hook)) {
    machine.state = both(base, state);
    ends.push(value.literal ? machine.state : runOne(machine, value, exchange, site));
  }
  machine.state = join(ends);
}

function runOne(machine: Machine, hook: Value, exchange: Exchange, site: HookSite): State | undefined {
  const passed: State[] = [];
  const done = passes(machine, (state) => passed.push(state));
  const fn = hook.closure?.node;
  const arity = fn ? parametersOf(fn).length : 0;
  const inCallbackStyle = fn !== undefined && !fn.async && arity >= callbackArity;
  const followed = hook.closure ?? hook.native ?? hook.api?.call;
  const before = machine.state;
  const payload = arity > callbackArity ? [done, done] : [done];
  machine.call(hook, [exchange.request, exchange.reply(true), ...payload], exchange.request, site.node, site.module);
  if (!followed) {
    if (mayGuard(hook))
      recordGap(machine.log, nameOf(hook, site), 'could not see how it lets a request through', site.module.placeOf(site.node));
    return before;
  }
  const returned = inCallbackStyle ? undefined : machine.state;
  const open = [...passed, returned].map((state) => state && unanswered(state));
  const end = join(open);
  if (!end)
    recordGap(machine.log, hook.closure?.name ?? 'a hook', 'could not see how it lets a request through', site.module.placeOf(site.node));
  return end;
}

function nameOf(hook: Value, site: HookSite): string {
  const known = hook.api?.data;
  if (hook.api?.kind === 'package') return (known as { name: string }).name;
  return typeof known === 'string' ? known : site.module.snippet(site.node, 60);
}
