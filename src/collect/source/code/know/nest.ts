import { api, literal, native, object, stringOf, unknown, type Value } from '../interpret/value.ts';
import { authPackage } from './auth.ts';
import { effect, fetchPackage } from './effects.ts';
import { nestFactory } from './nest-app.ts';
import { configModule, configService, registerAs } from './nest-config.ts';
import { reflector } from './nest-context.ts';
import { nestCqrsPackage } from './nest-cqrs.ts';
import { nestGraphqlPackage } from './nest-graphql.ts';
import { requestInjected } from './nest-request.ts';
import { applied, applyDecorators, createMetadataDecorator, createParamDecorator, decorator, setMetadata } from './nest-decorators.ts';
import { mappedTypes, validationPipe } from './nest-dto.ts';
import { resolveToken } from './nest-inject.ts';
import { authGuard, passportStrategy } from './nest-passport.ts';
import { throttlerGuard } from './nest-throttler.ts';
import { documentModel, prismaClient } from './orm.ts';

/** A library class whose instances are this value. */
const classOf = (instance: Value): Value => api('library-class', { call: () => instance });

const names = (list: readonly string[]): Value => object(Object.fromEntries(list.map((name) => [name, literal(name)])), true);

const statuses: Readonly<Record<string, number>> = {
  OK: 200,
  CREATED: 201,
  ACCEPTED: 202,
  NO_CONTENT: 204,
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  PAYMENT_REQUIRED: 402,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  GONE: 410,
  UNPROCESSABLE_ENTITY: 422,
  TOO_MANY_REQUESTS: 429,
  INTERNAL_SERVER_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  BAD_GATEWAY: 502,
  SERVICE_UNAVAILABLE: 503,
};

const common: Readonly<Record<string, Value>> = {
  SetMetadata: setMetadata,
  applyDecorators,
  createParamDecorator,
  forwardRef: native(({ machine, args, node, module }) => machine.call(args[0] ?? unknown, [], unknown, node, module)),
  mixin: native(({ args }) => args[0] ?? unknown),
  ValidationPipe: validationPipe,
  RequestMethod: names(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'ALL', 'OPTIONS', 'HEAD', 'SEARCH']),
  VersioningType: names(['URI', 'HEADER', 'MEDIA_TYPE', 'CUSTOM']),
  VERSION_NEUTRAL: literal('VERSION_NEUTRAL'),
  HttpStatus: object(Object.fromEntries(Object.entries(statuses).map(([name, code]) => [name, literal(code)])), true),
};

// Decorators that bind, guard or inject; the many others say nothing about access.
const decorators =
  /^(?:Module|Global|Controller|Injectable|Catch|Inject|Optional|Get|Post|Put|Patch|Delete|All|Head|Options|Search|Sse|Version|UseGuards|UsePipes|UseInterceptors|Body|Param|Query|Headers|Req|Request|Res|Response|Next|Session|Ip|HostParam|RawBody|UploadedFiles?|Redirect|HttpCode)$/;

const core: Readonly<Record<string, Value>> = {
  ...Object.fromEntries(['APP_GUARD', 'APP_PIPE', 'APP_INTERCEPTOR', 'APP_FILTER'].map((name) => [name, literal(name)])),
  NestFactory: nestFactory,
  REQUEST: classOf(requestInjected),
  Reflector: api('library-class', {
    call: () => reflector,
    member: (name) => (name === 'createDecorator' ? createMetadataDecorator : undefined),
  }),
  ModuleRef: classOf(
    api('module-ref', {
      member: (name) =>
        name === 'get' || name === 'resolve' || name === 'create'
          ? native(({ machine, args }) => resolveToken(machine, args[0] ?? unknown))
          : undefined,
    }),
  ),
  RouterModule: api('router-module', {
    member: (name) =>
      name === 'register' || name === 'forRoutes' ? native(({ args }) => api('router-tree', { data: args[0] ?? unknown })) : undefined,
  }),
};

const jwtService: Value = api('jwt-service', {
  member: (name) =>
    name === 'verify' || name === 'verifyAsync'
      ? authPackage('jsonwebtoken', 'verify', '')
      : name === 'decode'
        ? authPackage('jsonwebtoken', 'decode', '')
        : native(() => unknown),
});

const mailer: Value = api('mailer', {
  member: (name) =>
    name === 'sendMail'
      ? native((call) => {
          const field = (key: string): Value | undefined =>
            call.args[0]?.props?.get(key) ?? (call.args[0]?.input ? call.args[0] : undefined);
          effect(call, 'mail', 'mailer.sendMail', { to: field('to'), subject: field('subject'), html: field('html') ?? field('context') });
          return unknown;
        })
      : undefined,
});

// What `firstValueFrom` and `toPromise` wait for.
const http: Value = api('http-service', {
  member: (name, call) => {
    const client = fetchPackage('axios', 'default');
    return name === 'axiosRef' ? client : client && call.machine.member(client, name, true, call.node, call.module);
  },
});

const injects = (make: (entity: Value | undefined) => Value): Value =>
  api('decorator-factory', { call: ({ args }) => applied({ name: 'InjectValue', args: [make(args[0])] }) });

const configNames: Readonly<Record<string, Value>> = { ConfigService: classOf(configService), ConfigModule: configModule, registerAs };

/** The name of a model given as text or class. */
const modelName = (value: Value | undefined): string => stringOf(value) ?? value?.constructs?.node.id?.name ?? '*';

const packages: Readonly<Record<string, (name: string) => Value | undefined>> = {
  '@nestjs/common': (name) => common[name] ?? (decorators.test(name) ? decorator(name) : undefined),
  '@nestjs/core': (name) => core[name],
  '@nestjs/passport': (name) => (name === 'AuthGuard' ? authGuard : name === 'PassportStrategy' ? passportStrategy : undefined),
  '@nestjs/jwt': (name) => (name === 'JwtService' ? classOf(jwtService) : undefined),
  '@nestjs/config': (name) => configNames[name],
  '@nestjs/axios': (name) => (name === 'HttpService' ? classOf(http) : undefined),
  '@nestjs/throttler': (name) => (name === 'ThrottlerGuard' ? throttlerGuard : name === 'SkipThrottle' ? decorator(name) : undefined),
  '@nestjs/mapped-types': (name) => mappedTypes[name],
  '@nestjs/swagger': (name) => mappedTypes[name],
  '@nestjs/graphql': nestGraphqlPackage,
  '@nestjs/cqrs': nestCqrsPackage,
  '@nestjs/mongoose': (name) => (name === 'InjectModel' ? injects((entity) => documentModel(modelName(entity))) : undefined),
  '@nestjs/sequelize': (name) => (name === 'InjectModel' ? injects((entity) => documentModel(modelName(entity))) : undefined),
  'nestjs-prisma': (name) => (name === 'PrismaService' ? classOf(prismaClient()) : undefined),
  '@nestjs-modules/mailer': (name) => (name === 'MailerService' ? classOf(mailer) : undefined),
  rxjs: (name) =>
    name === 'firstValueFrom' || name === 'lastValueFrom' || name === 'of' || name === 'from'
      ? native(({ args }) => args[0] ?? unknown)
      : undefined,
};

/** What Nest and its companions export. */
export const nestPackage = (packageName: string, name: string): Value | undefined => packages[packageName]?.(name);
