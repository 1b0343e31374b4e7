import { describe, expect, it } from 'vitest';
import { missingRoleCheck } from '../../../../checks/audit/missing-role-check.ts';
import { objectWithoutOwnership } from '../../../../checks/audit/object-without-ownership.ts';
import { unauthenticatedDataRoute } from '../../../../checks/audit/unauthenticated-data-route.ts';
import type { Files } from './fixture.ts';
import { judged, told } from './graphql-fixture.ts';

const checks = [unauthenticatedDataRoute, objectWithoutOwnership, missingRoleCheck];

const guards = `
  import { CanActivate, ExecutionContext, Injectable, SetMetadata, UnauthorizedException, createParamDecorator } from '@nestjs/common';
  import { Reflector } from '@nestjs/core'; import { GqlExecutionContext } from '@nestjs/graphql'; import { JwtService } from '@nestjs/jwt'; import { AuthGuard } from '@nestjs/passport';
  export const Public = () => SetMetadata('isPublic', true);
  export const Roles = (...roles: string[]) => SetMetadata('roles', roles);
  export const CurrentUser = createParamDecorator((data: unknown, context: ExecutionContext) => GqlExecutionContext.create(context).getContext().req.user);
  @Injectable()
  export class TokenGuard implements CanActivate {
    constructor(private reflector: Reflector, private jwt: JwtService) {}
    async canActivate(context: ExecutionContext) {
      if (this.reflector.getAllAndOverride<boolean>('isPublic', [context.getHandler(), context.getClass()])) return true;
      const request = context.getType<string>() === 'graphql' ? GqlExecutionContext.create(context).getContext().req : context.switchToHttp().getRequest();
      try { request.user = await this.jwt.verifyAsync(request.headers.authorization); } catch { throw new UnauthorizedException(); }
      return true;
    }
  }
  @Injectable()
  export class RolesGuard implements CanActivate {
    constructor(private reflector: Reflector) {}
    canActivate(context: ExecutionContext) {
      const roles = this.reflector.getAllAndOverride<string[]>('roles', [context.getHandler(), context.getClass()]);
      if (!roles) return true;
      const { req } = GqlExecutionContext.create(context).getContext();
      return roles.includes(req.user.role);
    }
  }
  @Injectable()
  export class GqlAuthGuard extends AuthGuard('jwt') { getRequest(context: ExecutionContext) { return GqlExecutionContext.create(context).getContext().req; } }`;

const head = `
  import { APP_GUARD } from '@nestjs/core'; import { Injectable, Module, UseGuards, ValidationPipe } from '@nestjs/common';
  import { GraphQLModule, Resolver, Query, Mutation, ResolveField, Args, Context, Parent, ID, Field, InputType } from '@nestjs/graphql'; import { ApolloDriver } from '@nestjs/apollo';
  import { PrismaClient } from '@prisma/client'; import { PassportStrategy } from '@nestjs/passport'; import { ExtractJwt, Strategy } from 'passport-jwt';
  import { CurrentUser, GqlAuthGuard, Public, Roles, RolesGuard, TokenGuard } from './guards';
  @Injectable() class Prisma extends PrismaClient {}
  class Invoice {}
  @Injectable() class Service {
    constructor(private prisma: Prisma) {}
    mine(user) { return this.prisma.invoice.findMany({ where: { organizationId: user.organizationId } }); }
    all() { return this.prisma.payment.findMany({ where: { paid: true } }); }
    one(id) { return this.prisma.invoice.findUnique({ where: { id } }); }
    remove(id) { return this.prisma.invoice.delete({ where: { id } }); }
    purge() { return this.prisma.invoice.deleteMany({}); }
  }`;
const app = (body: string, setup = ''): Files => ({
  'src/main.ts': `import { NestFactory } from '@nestjs/core'; import { AppModule } from './app.module';
    async function bootstrap() { const app = await NestFactory.create(AppModule); app.setGlobalPrefix('api'); ${setup} await app.listen(3000); } bootstrap();`,
  'src/guards.ts': guards,
  'src/app.module.ts': `${head} ${body}`,
});
const module = (options = '{ driver: ApolloDriver, autoSchemaFile: true }', providers = '', method = 'forRoot'): string =>
  `@Module({ imports: [GraphQLModule.${method}(${options})], providers: [Invoices, Service, Prisma, ${providers}] }) export class AppModule {}`;

const expected = {
  'Query.mine': 'identity, read invoice tenant',
  'Query.open': 'none, read payment none',
  'Query.byId': 'identity, read invoice none',
  'Mutation.adminRemove': 'role, delete invoice role',
  'Mutation.adminPurge': 'identity, delete invoice none',
};
const holes = [
  'unauthenticated-data-route: graphql Query.open',
  'object-without-ownership: graphql Query.byId',
  'missing-role-check: graphql Mutation.adminPurge',
];

const apps: Record<string, Files> = {
  'global guards with public handlers': app(
    `@Resolver(() => Invoice) class Invoices { constructor(private readonly service: Service) {}
      @Query(() => [Invoice]) mine(@CurrentUser() user) { return this.service.mine(user); }
      @Public() @Query(() => [Invoice], { name: 'open' }) everything() { return this.service.all(); }
      @Query(() => Invoice) byId(@Args('id', { type: () => ID }) id: string) { return this.service.one(id); }
      @Roles('admin') @Mutation(() => Boolean) adminRemove(@Args('id') id: string) { return this.service.remove(id); }
      @Mutation(() => Boolean) adminPurge() { return this.service.purge(); } }
    ${module(undefined, '{ provide: APP_GUARD, useClass: TokenGuard }, { provide: APP_GUARD, useClass: RolesGuard }')}`,
  ),
  'guards of classes and methods': app(
    `@Resolver() class Open { constructor(private readonly service: Service) {} @Query(() => [Invoice]) open() { return this.service.all(); } }
     @UseGuards(GqlAuthGuard) @Resolver(() => Invoice) class Invoices { constructor(private readonly service: Service) {}
      @Query(() => [Invoice]) mine(@Context('req') req) { return this.service.mine(req.user); }
      @Query(() => Invoice) byId(@Args('id') id: string) { return this.service.one(id); }
      @UseGuards(RolesGuard) @Roles('admin') @Mutation(() => Boolean) adminRemove(@Args('id') id: string) { return this.service.remove(id); }
      @Roles('admin') @Mutation(() => Boolean) adminPurge() { return this.service.purge(); } }
     @Injectable() class Jwt extends PassportStrategy(Strategy) { constructor() { super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: process.env.SECRET }); }
       validate(payload) { return { id: payload.sub, organizationId: payload.organizationId, role: payload.role }; } }
     ${module(undefined, 'Open, Jwt')}`,
  ),
  'a context that knows the caller, of options made later': app(
    `import { JwtService } from '@nestjs/jwt';
     @Injectable() class Options { constructor(private jwt: JwtService) {} createGqlOptions() { return { autoSchemaFile: true, context: ({ req }) => { let user = null; try { user = this.jwt.verify(req.headers.authorization); } catch {} return { user }; } }; } }
     @Resolver() class Invoices { constructor(private readonly service: Service) {}
      @Query('mine') listMine(@Context() context) { if (!context.user) throw new Error('no'); return this.service.mine(context.user); }
      @Query() open() { return this.service.all(); }
      @Query() byId(@Context('user') user, @Args() { id }) { if (!user) throw new Error('no'); return this.service.one(id); }
      @Mutation() adminRemove(@Context() { user }, @Args('id') id: string) { if (user?.role !== 'admin') throw new Error('no'); return this.service.remove(id); }
      @Mutation() adminPurge(@Context() { user }) { if (!user) throw new Error('no'); return this.service.purge(); } }
     ${module('{ driver: ApolloDriver, useClass: Options }', '', 'forRootAsync')}`,
  ),
};

describe('GraphQL of NestJS', () => {
  it.each(Object.entries(apps))('%s', async (_, files) => {
    const { routes, found } = await judged(files, checks);
    expect(told(routes)).toEqual(expected);
    expect(found.toSorted()).toEqual(holes.toSorted());
    expect(routes['graphql Mutation.adminRemove']).toMatchObject({
      framework: 'NestJS',
      method: 'MUTATION',
      path: '/graphql#adminRemove',
      place: { file: 'src/app.module.ts' },
    });
  });

  it('stands where the options say, behind middleware for that path', async () => {
    const { routes } = await judged(
      app(
        `@Injectable() class Session { use(req, res, next) { req.user = require('jsonwebtoken').verify(req.headers.authorization, process.env.SECRET); next(); } }
         @Resolver() class Invoices { constructor(private readonly service: Service) {} @Query(() => [Invoice]) open() { return this.service.all(); } }
         @Module({ imports: [GraphQLModule.forRootAsync({ driver: ApolloDriver, useFactory: () => ({ path: '/v2/graph', useGlobalPrefix: true }) })], providers: [Invoices, Service, Prisma] })
         export class AppModule { configure(consumer) { consumer.apply(Session).forRoutes('v2/graph'); } }`,
      ),
      checks,
    );
    expect(routes['graphql Query.open']).toMatchObject({ path: '/api/v2/graph#open', auth: 'identity' });
  });

  it('lists no resolver whose module is not imported, and those of base classes', async () => {
    const { routes } = await judged(
      app(
        `@Resolver() class Lost { @Query(() => Number) lost() { return 1; } } @Module({ providers: [Lost] }) class LostModule {}
         abstract class Base { constructor(protected service: Service) {} @Query(() => [Invoice], { name: 'inherited' }) all() { return this.service.all(); } }
         @Resolver() @UseGuards(GqlAuthGuard) class Invoices extends Base { }
         ${module()}`,
      ),
      checks,
    );
    expect(Object.keys(routes)).toEqual(['graphql Query.inherited']);
  });

  it('knows which fields an input type lets through, and what a guard out of sight leaves open', async () => {
    const { routes } = await judged(
      app(
        `import { RemoteGuard } from '@company/guards';
         @InputType() class Change { @Field() amount: number; @Field() organizationId: string; }
         @Resolver() class Invoices { constructor(private prisma: Prisma) {}
           @UseGuards(TokenGuard) @Mutation(() => Invoice) change(@Args('id') id: string, @Args('input') input: Change) { return this.prisma.invoice.update({ where: { id }, data: input }); }
           @UseGuards(RemoteGuard) @Query(() => [Invoice]) guarded() { return this.prisma.invoice.findMany({}); } }
         ${module()}`,
      ),
      checks,
    );
    expect(routes['graphql Mutation.change']?.data).toMatchObject([
      { inputs: [{ column: 'id', source: 'body' }], writes: ['amount', 'organizationId'] },
    ]);
    expect(routes['graphql Mutation.change']?.data[0]?.wholeInput).toBeUndefined();
    expect(routes['graphql Query.guarded']?.unresolved).toMatchObject([{ what: 'RemoteGuard' }]);
  });

  it('lists fields of objects that read data, without their guards', async () => {
    const { routes } = await judged(
      app(
        `@Resolver(() => Invoice) @UseGuards(TokenGuard) class Invoices { constructor(private prisma: Prisma) {}
           @Query(() => Invoice) one(@CurrentUser() user) { return this.prisma.invoice.findFirst({ where: { organizationId: user.organizationId } }); }
           @ResolveField('payments', () => [Number]) pay(@Parent() invoice) { return this.prisma.payment.findMany({ where: { invoiceId: invoice.id } }); }
           @ResolveField() label(@Parent() invoice) { return invoice.id; } }
         ${module()}`,
      ),
      checks,
    );
    expect(told(routes)).toEqual({
      'Query.one': 'identity, read invoice tenant',
      'Invoice.payments': 'none, read payment unknown, ? the fields that give Invoice',
    });
  });
});
