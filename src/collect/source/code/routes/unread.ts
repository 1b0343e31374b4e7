import type { UnreadFramework } from '../../../../evidence/routes.ts';
import type { Codebase } from '../codebase.ts';

interface Framework {
  readonly name: string;
  /** Specifiers of its packages. */
  readonly packages: RegExp;
  /** What a source that answers requests with it says. */
  readonly answers: RegExp;
}

const framework = (name: string, packages: string, answers: RegExp): Framework => ({
  name,
  packages: new RegExp(`(?:\\bfrom|\\brequire\\(|\\bimport\\()\\s*['"](?:npm:|jsr:)?(?:${packages})(?:@[\\w.^~-]+)?(?:/[\\w./-]*)?['"]`),
  answers,
});

const verb = /\.(?:get|post|put|patch|delete|all|any|route|register|resource)\s*\(/i;

/** Frameworks that answer requests and of which no reader of ours knows the routes. */
const frameworks: readonly Framework[] = [
  framework(
    'AdonisJS',
    String.raw`@adonisjs/core|@ioc:Adonis/Core/Route|@adonisjs/http-server`,
    /\b[rR]oute(?:r)?\s*\.\s*(?:get|post|put|patch|delete|any|resource|group|on|route)\s*\(/,
  ),
  framework('tsoa', String.raw`tsoa|@tsoa/runtime`, /@Route\s*\(/),
  framework('routing-controllers', 'routing-controllers', /@(?:Json)?Controller\s*\(|\b(?:create|use)(?:Express|Koa)Server\s*\(/),
  framework(
    'inversify-express-utils',
    String.raw`inversify-express-utils|@inversifyjs/http-\w+`,
    /@[cC]ontroller\s*\(|new InversifyExpressServer\s*\(/,
  ),
  framework('Ts.ED', String.raw`@tsed/\w+`, /@Controller\s*\(/),
  framework('LoopBack', String.raw`@loopback/rest`, /@(?:get|post|put|patch|del)\s*\(/),
  framework('Midway', String.raw`@midwayjs/(?:core|decorator)`, /@Controller\s*\(/),
  framework('Feathers', String.raw`@feathersjs/\w+`, /\.use\s*\(/),
  framework('hapi', String.raw`@hapi/hapi|hapi`, /\.route\s*\(/),
  framework('Restify', 'restify', verb),
  framework('Polka', 'polka', verb),
  framework('Elysia', 'elysia', /new Elysia\s*\(/),
  framework('itty-router', 'itty-router', /\b(?:Auto|Itty)?Router\s*\(/),
  framework('oak', String.raw`https://deno\.land/x/oak[^'"]*|@oak/oak`, /new Router\s*[(<]/),
  framework('h3', 'h3', /\bcreate(?:App|Router)\s*\(|new H3\s*\(/),
  framework('micro', 'micro', /\b(?:send|json|serve)\s*\(/),
  framework('Moleculer', 'moleculer-web', /\baliases\b|\broutes\b/),
  framework('uWebSockets.js', String.raw`uWebSockets\.js|hyper-express`, verb),
  framework('Astro', 'astro', /\bexport\s+(?:const|async\s+function|function)\s+(?:GET|POST|PUT|PATCH|DELETE|ALL)\b/),
  framework('Astro actions', 'astro:actions', /\bdefineAction\s*\(/),
  framework(
    'TanStack Start',
    String.raw`@tanstack/(?:react|solid)?-?start(?:-\w+)*`,
    /\bcreate(?:ServerFn|ServerFileRoute|APIFileRoute)\b|\bserver\s*:\s*\{\s*handlers/,
  ),
  framework(
    'SolidStart',
    String.raw`@solidjs/start`,
    /\bexport\s+(?:const|async\s+function|function)\s+(?:GET|POST|PUT|PATCH|DELETE)\b|['"]use server['"]/,
  ),
  framework('Convex', String.raw`[./@\w-]*_generated/server|convex/server`, /\b(?:query|mutation|action|httpAction)\s*\(/),
  framework('Encore', String.raw`encore\.dev/api`, /\bapi(?:\.raw)?\s*\(/),
  framework('Meteor', String.raw`meteor/meteor`, /\bMeteor\.(?:methods|publish)\s*\(/),
  framework('Strapi', String.raw`@strapi/strapi`, /\bfactories\.create|createCore(?:Controller|Router)/),
  framework('Keystone', String.raw`@keystone-6/core`, /\blist\s*\(/),
  framework('Payload', 'payload', /\bbuildConfig\s*\(|\bCollectionConfig\b/),
];

/** Frameworks with which sources of the repo answer requests, and whose routes are not read. */
export const unreadFrameworks = (code: Codebase): UnreadFramework[] =>
  frameworks.flatMap(({ name, packages, answers }): UnreadFramework[] => {
    const files = code.product.filter((path) => {
      const text = code.text(path);
      return text !== undefined && answers.test(text) && packages.test(text);
    });
    const [first] = files;
    return first === undefined ? [] : [{ name, files: files.length, place: { file: first } }];
  });
