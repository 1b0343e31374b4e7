import { api, native, type NativeCall, unknown, type Value } from '../interpret/value.ts';
import { guarded } from '../interpret/state.ts';
import { authPackage } from './auth.ts';
import { autoloadPlugin } from './fastify-autoload.ts';
import { makeServer } from './fastify-instance.ts';
import {
  authPlugin,
  basicPlugin,
  bearerPlugin,
  csrfPlugin,
  envPlugin,
  jwtPlugin,
  provingHook,
  ratePlugin,
  sensiblePlugin,
} from './fastify-plugins.ts';
import type { FastifyInstance, Install } from './fastify-scope.ts';
import { staticPlugin } from './static-files.ts';
import { databasePlugin, middiePlugin, oauthPlugin, passport, proxyPlugin } from './fastify-companions.ts';

/** Plugins that decorate or guard; the others (cors, helmet, swagger) change nothing we look at. */
const plugins = new Map<string, Install>(
  Object.entries({
    '@fastify/jwt': jwtPlugin,
    '@fastify/auth': authPlugin,
    '@fastify/bearer-auth': bearerPlugin,
    '@fastify/basic-auth': basicPlugin,
    '@fastify/rate-limit': ratePlugin,
    '@fastify/csrf-protection': csrfPlugin,
    '@fastify/sensible': sensiblePlugin,
    '@fastify/env': envPlugin,
    '@fastify/autoload': autoloadPlugin,
    '@fastify/http-proxy': proxyPlugin,
    '@fastify/static': staticPlugin,
    '@fastify/oauth2': oauthPlugin,
    '@fastify/middie': middiePlugin,
    '@fastify/express': middiePlugin,
    '@fastify/postgres': databasePlugin('pg'),
    '@fastify/mysql': databasePlugin('mysql'),
    '@fastify/mongodb': databasePlugin('mongo'),
    'fastify-auth0-verify': (instance: FastifyInstance) =>
      void instance.decorators.instance.set('authenticate', tokenHook('fastify-auth0-verify')),
    'fastify-jwt-jwks': (instance: FastifyInstance) => void instance.decorators.instance.set('authenticate', tokenHook('fastify-jwt-jwks')),
    '@auth0/auth0-fastify-api': (instance) =>
      void instance.decorators.instance.set(
        'requireAuth',
        native(() => tokenHook('requireAuth() of Auth0')),
      ),
  }),
);

const harmless = new Set(['@fastify/cookie', '@fastify/session', '@fastify/secure-session', '@clerk/fastify']);

const tokenHook = (what: string): Value => provingHook((call) => guarded('identity', what, call.module.placeOf(call.node)));

/** What Fastify and its plugins export. */
export function fastifyPackage(packageName: string, name: string): Value | undefined {
  if (packageName === 'fastify') return fastifyModule(name);
  if (packageName === 'fastify-plugin') return pluginMaker;
  if (packageName === '@fastify/passport') return name === 'default' || name === '*' || name === 'Authenticator' ? passport : undefined;
  if (packageName === '@clerk/fastify' && name === 'getAuth') return authPackage('@clerk/express', 'getAuth', packageName);
  // Before they moved into a scope, plugins were called fastify-jwt, fastify-auth and so on.
  const install = plugins.get(packageName) ?? plugins.get(packageName.replace(/^fastify-/, '@fastify/'));
  if (install) return installed(install);
  return harmless.has(packageName) ? installed(() => undefined) : undefined;
}

const installed = (install: Install): Value =>
  api('fastify-install', {
    data: install,
    member: (name) => (name === 'default' || /^fastify/i.test(name) ? installed(install) : undefined),
  });

function fastifyModule(name: string): Value | undefined {
  if (name !== 'default' && name !== '*' && name !== 'fastify') return undefined;
  return api('fastify-module', { call: (call) => makeServer(call), member: (member) => fastifyModule(member) });
}

// `fp(plugin)`: the plugin works on the instance it is registered on instead of a scope of its own.
const pluginMaker: Value = api('fastify-plugin-module', {
  call: ({ args }: NativeCall) =>
    api('fastify-plugin', {
      data: args[0] ?? unknown,
      ...(args[0] && { call: (call) => call.machine.call(args[0] ?? unknown, call.args, call.self, call.node, call.module) }),
    }),
  member: (member) => (member === 'default' || member === 'fastifyPlugin' || member === 'fp' ? pluginMaker : undefined),
});
