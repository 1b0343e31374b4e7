import type { Place } from '../../../../core/finding.ts';
import { stateWhen } from '../interpret/condition.ts';
import { ancestry, type Made } from '../interpret/instance.ts';
import { recordGap } from '../interpret/log.ts';
import { both, guarded, nothing } from '../interpret/state.ts';
import {
  alternativesOf,
  api,
  literal,
  type Machine,
  native,
  type NativeCall,
  oneOf,
  stringOf,
  unknown,
  type Value,
} from '../interpret/value.ts';
import { raise } from './identity.ts';
import type { Execution } from './nest-context.ts';
import { instanceOf } from './nest-inject.ts';
import { flatten } from './registration.ts';
import { input } from './web.ts';

/** Name under which a strategy package registers itself. */
const namesOfPackages: Readonly<Record<string, string>> = {
  'passport-jwt': 'jwt',
  'passport-local': 'local',
  'passport-http-bearer': 'bearer',
  'passport-http': 'basic',
  'passport-custom': 'custom',
  'passport-headerapikey': 'headerapikey',
  'passport-unique-token': 'token',
  'passport-google-oauth20': 'google',
  'passport-google-oauth2': 'google',
  'passport-github2': 'github',
  'passport-github': 'github',
  'passport-facebook': 'facebook',
  'passport-microsoft': 'microsoft',
  'passport-linkedin-oauth2': 'linkedin',
  'passport-magic-login': 'magiclogin',
  'passport-saml': 'saml',
  '@node-saml/passport-saml': 'saml',
  'passport-azure-ad': 'azuread-openidconnect',
  'passport-auth0': 'auth0',
  'passport-cookie': 'cookie',
};

/** Strategies whose callback gets what the caller sent, not yet checked by anybody. */
const unchecked: Readonly<Record<string, readonly Value[]>> = {
  local: [input('body', 'username'), input('body', 'password')],
  basic: [input('header', 'username'), input('header', 'password')],
  bearer: [input('header', 'authorization')],
  custom: [],
  headerapikey: [input('header', 'api-key')],
  token: [input('header', 'token')],
  cookie: [input('cookie', 'token')],
};

interface StrategyBase {
  readonly kind: string;
  readonly name: string;
}

/** `PassportStrategy(Strategy, 'name')`: what a strategy class extends. */
export const passportStrategy: Value = native(({ args: [base, name] }) => {
  const origin = base?.api?.kind === 'package' ? (base.api.data as { package: string }).package : (base?.from?.package ?? '');
  const kind = namesOfPackages[origin] ?? origin.replace(/^passport-/, '');
  const data: StrategyBase = { kind, name: stringOf(name) ?? kind };
  return api('passport-strategy', { data, call: ({ args }) => api('passport-strategy-instance', { data: args[0] ?? unknown }) });
});

const strategies = new WeakMap<Machine, Map<string, { readonly base: StrategyBase; readonly made: Made }>>();

/** Notes a provider class that is a Passport strategy. */
export function noteStrategy(machine: Machine, made: Made): void {
  const root = ancestry(machine, made).root?.api;
  if (root?.kind !== 'passport-strategy') return;
  const base = root.data as StrategyBase;
  let known = strategies.get(machine);
  if (!known) strategies.set(machine, (known = new Map()));
  known.set(base.name, { base, made });
}

/** `AuthGuard('jwt')`, alone or as what a guard class extends. */
export const authGuard: Value = native((outer) => {
  const names = flatten(outer.args[0]).flatMap((item) => stringOf(item) ?? []);
  const place = outer.module.placeOf(outer.node);
  return api('auth-guard-class', { call: () => guard(names.length > 0 ? names : ['jwt'], place) });
});

const guard = (names: readonly string[], place: Place): Value =>
  api('auth-guard', {
    member: (name) => {
      if (name === 'canActivate') return native((call) => activate(call, names, place));
      // What Passport's guard does with the outcome unless a class overrides it: no user, no entry.
      if (name === 'handleRequest')
        return native(({ machine, args: [, user = unknown] }) => {
          const when = stateWhen(user, true);
          machine.state = machine.state && when && both(machine.state, when);
          return alternativesOf(user).find(({ value }) => !value.literal)?.value ?? unknown;
        });
      if (name === 'getRequest') return native((call) => requestOf(call));
      if (name === 'logIn' || name === 'getAuthenticateOptions') return native(() => unknown);
      return undefined;
    },
  });

function requestOf(call: NativeCall): Value {
  const { machine, args, node, module } = call;
  const http = machine.call(machine.member(args[0] ?? unknown, 'switchToHttp', true, node, module), [], args[0] ?? unknown, node, module);
  return machine.call(machine.member(http, 'getRequest', true, node, module), [], http, node, module);
}

function activate(call: NativeCall, names: readonly string[], place: Place): Value {
  const { machine, self, args, node, module } = call;
  const context = args[0] ?? unknown;
  const base = machine.state;
  if (!base) return unknown;
  const execution = context.api?.kind === 'execution-context' ? (context.api.data as Execution) : undefined;
  // In GraphQL a guard tells Passport where the request is.
  const request =
    execution?.type === 'http'
      ? execution.request
      : machine.call(machine.member(self, 'getRequest', true, node, module), [context], self, node, module);
  const outcomes = names.flatMap((name) => {
    machine.state = base;
    const user = authenticate(call, name, request, place);
    return user && machine.state ? [{ value: user, state: machine.state }] : [];
  });
  machine.state = base;
  const user = oneOf([...outcomes, { value: literal(false), state: nothing }]);
  const handle = machine.member(self, 'handleRequest', true, node, module);
  const known = machine.settle(machine.call(handle, [literal(null), user, unknown, context, unknown], self, node, module));
  if (request.api?.data instanceof Map) (request.api.data as Map<string, Value>).set('user', known);
  return literal(true);
}

/** Runs a strategy: the user it finds, in the state that holds then; `undefined` when it never finds one. */
function authenticate(call: NativeCall, name: string, request: Value, place: Place): Value | undefined {
  const { machine } = call;
  const known = strategies.get(machine)?.get(name);
  const caller: Value = { who: { level: 'identity', part: 'user' } };
  if (!known) return unseen(call, name, place);
  const start = machine.state;
  const { base, made } = known;
  const strategy = instanceOf(machine, made);
  const sent = unchecked[base.kind];
  if (!sent) raise(call, guarded('identity', `AuthGuard('${name}')`, place));
  if (base.kind === 'jwt') noteCredential(machine, made, place);
  let told: Value | undefined;
  const done = native(({ args }) => ((told = args[1]), unknown));
  const text = made.module.text.slice(made.node.start, made.node.end);
  const asRequest = base.kind === 'custom' || /passReqToCallback:\s*true/.test(text) ? [request] : [];
  const verified = sent ?? (base.kind === 'jwt' ? [caller] : [unknown, unknown, caller]);
  const validate = machine.member(strategy, 'validate', true, made.node, made.module);
  if (!validate.closure) return caller;
  const returned = machine.settle(machine.call(validate, [...asRequest, ...verified, done], strategy, made.node, made.module));
  const user = told ?? returned;
  const when = stateWhen(user, true);
  const before = machine.state;
  machine.state = before && when && both(before, when);
  if (!machine.state) {
    machine.state = start;
    return unseen(call, name, place);
  }
  const present = alternativesOf(user).filter(({ value }) => !value.literal);
  return present.length === 1 ? present[0]?.value : { alternatives: present };
}

// A strategy out of sight, or too tangled for us: it is taken for one that knows the caller, and that is said.
function unseen(call: NativeCall, name: string, place: Place): Value {
  recordGap(call.machine.log, `the strategy '${name}'`, 'could not be followed; taken for one that knows the caller', place);
  raise(call, guarded('identity', `AuthGuard('${name}')`, place));
  return { who: { level: 'identity', part: 'user' } };
}

// Where the strategy takes the token from decides whether a browser sends it by itself.
function noteCredential(machine: Machine, made: Made, place: Place): void {
  const text = made.module.text.slice(made.node.start, made.node.end);
  if (/cookie/i.test(text)) machine.log.cookieSession ??= place;
  if (/fromAuthHeader|fromHeader/.test(text)) machine.log.headerCredential ??= place;
}
