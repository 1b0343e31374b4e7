import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../evidence/routes.ts';
import { type Files, routesOf } from './fixture.ts';

const guards = `
  import { CanActivate, ExecutionContext, ForbiddenException, Injectable, SetMetadata, UnauthorizedException, createParamDecorator } from '@nestjs/common';
  import { Reflector } from '@nestjs/core';
  import { JwtService } from '@nestjs/jwt';
  export const Public = () => SetMetadata('isPublic', true);
  export const Roles = (...roles: string[]) => SetMetadata('roles', roles);
  export const CurrentUser = createParamDecorator((field: string | undefined, context: ExecutionContext) => {
    const { user } = context.switchToHttp().getRequest();
    return field ? user[field] : user;
  });
  @Injectable()
  export class TokenGuard implements CanActivate {
    constructor(private reflector: Reflector, private jwt: JwtService) {}
    async canActivate(context: ExecutionContext) {
      if (this.reflector.getAllAndOverride<boolean>('isPublic', [context.getHandler(), context.getClass()])) return true;
      const request = context.switchToHttp().getRequest();
      const [type, token] = request.headers.authorization?.split(' ') ?? [];
      if (!token) throw new UnauthorizedException();
      try { request['user'] = await this.jwt.verifyAsync(token); } catch { throw new UnauthorizedException(); }
      return true;
    }
  }
  @Injectable()
  export class RolesGuard implements CanActivate {
    constructor(private reflector: Reflector) {}
    canActivate(context: ExecutionContext) {
      const roles = this.reflector.get<string[]>('roles', context.getHandler());
      if (!roles) return true;
      const { user } = context.switchToHttp().getRequest();
      return roles.includes(user.role);
    }
  }`;
const main = (setup = ''): string => `
  import { NestFactory } from '@nestjs/core';
  import { RequestMethod, ValidationPipe, VersioningType } from '@nestjs/common';
  import { AppModule } from './app.module';
  async function bootstrap() { const app = await NestFactory.create(AppModule); ${setup} await app.listen(3000); }
  bootstrap();`;
const head = `
  import { All, Body, Controller, Delete, Get, Inject, Injectable, Module, Param, Patch, Post, Query, Req, Res, UseGuards, UsePipes, ValidationPipe, Version, applyDecorators, forwardRef } from '@nestjs/common';
  import { APP_GUARD, APP_PIPE, RouterModule } from '@nestjs/core';
  import { PrismaClient } from '@prisma/client';
  import { CurrentUser, Public, Roles, RolesGuard, TokenGuard } from './guards';
  class Prisma extends PrismaClient {}
`;
const nest = (body: string, setup = '', files: Files = {}): Promise<Record<string, Route>> =>
  routesOf({ 'src/main.ts': main(setup), 'src/app.module.ts': head + body, 'src/guards.ts': guards, ...files });
const levels = (routes: Record<string, Route>): Record<string, string> =>
  Object.fromEntries(Object.values(routes).map(({ id, auth }) => [id, auth]));

describe('NestJS paths', () => {
  it('joins global prefix, versions, module paths, controllers and methods, each with lists', async () => {
    const routes = await nest(
      `@Controller({ path: ['orders', 'bookings'], version: '2' }) class Orders { @Get() all() { return 1; } @Version(['1', '2']) @Get(':id') one() { return 1; } }
       @Controller('health') class Health { @Get() ok() { return 1; } @All('any') any() { return 1; } }
       @Controller() class Users { @Post(['invite', 'ask']) invite() { return 1; } }
       @Module({ controllers: [Users] }) class UsersModule {}
       @Module({ imports: [RouterModule.register([{ path: 'admin', children: [{ path: 'users', module: UsersModule }] }]), forwardRef(() => UsersModule)], controllers: [Orders, Health] })
       export class AppModule {}`,
      `app.setGlobalPrefix('api', { exclude: ['health'] }); app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });`,
    );
    expect(Object.keys(routes).toSorted()).toEqual([
      'ALL /api/v1/health/any',
      'GET /api/v1/bookings/:id',
      'GET /api/v1/orders/:id',
      'GET /api/v2/bookings',
      'GET /api/v2/bookings/:id',
      'GET /api/v2/orders',
      'GET /api/v2/orders/:id',
      'GET /v1/health',
      'POST /api/v1/admin/users/ask',
      'POST /api/v1/admin/users/invite',
    ]);
  });

  it('lists no controller whose module is not imported, and those of base classes and dynamic modules', async () => {
    const routes = await nest(`
      @Controller('lost') class Lost { @Get() get() { return 1; } }
      @Module({ controllers: [Lost] }) class LostModule {}
      abstract class Crud { @Get('list') list() { return 1; } @Get('kept') kept() { return 1; } }
      @Controller('things') class Things extends Crud { @Get('other') list() { return 1; } }
      @Module({}) class Dynamic { static forRoot() { return { module: Dynamic, controllers: [Things] }; } }
      @Module({ imports: [Dynamic.forRoot()] }) export class AppModule {}`);
    expect(Object.keys(routes).toSorted()).toEqual(['GET /things/kept', 'GET /things/other']);
  });
});

describe('NestJS guards', () => {
  const controller = `
    @Controller('a') class A {
      @Public() @Get('open') open() { return 1; }
      @Get('in') in() { return 1; }
      @Roles('admin') @Get('staff') staff() { return 1; }
    }`;

  it('runs those of APP_GUARD with the metadata of each handler', async () => {
    const routes = await nest(
      `${controller} @Module({ controllers: [A], providers: [{ provide: APP_GUARD, useClass: TokenGuard }, { provide: APP_GUARD, useClass: RolesGuard }] }) export class AppModule {}`,
    );
    expect(levels(routes)).toEqual({ 'GET /a/open': 'none', 'GET /a/in': 'identity', 'GET /a/staff': 'role' });
    expect(routes['GET /a/staff']).toMatchObject({ roles: ['admin'], framework: 'NestJS', kind: 'http' });
  });

  it('runs global ones, those of the class, of the method and of combined decorators', async () => {
    const routes = await nest(
      `const Admin = () => applyDecorators(Roles('admin'), UseGuards(TokenGuard, RolesGuard));
       @Controller('b') class B { @Get('open') open() { return 1; } @UseGuards(TokenGuard) @Get('in') in() { return 1; } @Admin() @Get('staff') staff() { return 1; } }
       @UseGuards(TokenGuard) @Controller('c') class C { @Get() all() { return 1; } }
       @Module({ controllers: [B, C] }) export class AppModule {}`,
    );
    expect(levels(routes)).toEqual({ 'GET /b/open': 'none', 'GET /b/in': 'identity', 'GET /b/staff': 'role', 'GET /c': 'identity' });
    const global = await nest(
      `${controller} @Module({ controllers: [A] }) export class AppModule {}`,
      'app.useGlobalGuards(app.get(TokenGuard));',
    );
    expect(global['GET /a/in']?.auth).toBe('none');
    const made = await nest(
      `${controller} @Module({ controllers: [A] }) export class AppModule {}`,
      'app.useGlobalGuards(app.get(TokenGuard));',
      {
        'src/main.ts': main('app.useGlobalGuards(app.get(TokenGuard));').replace(
          "'./app.module';",
          "'./app.module'; import { TokenGuard } from './guards';",
        ),
      },
    );
    expect(levels(made)).toEqual({ 'GET /a/open': 'none', 'GET /a/in': 'identity', 'GET /a/staff': 'identity' });
  });

  it('is not taken in by a guard that lets everybody through', async () => {
    const routes = await nest(`
      class Lax { canActivate(context) { const { user } = context.switchToHttp().getRequest(); return !user || user.role !== 'banned'; } }
      class Half { canActivate(context) { const request = context.switchToHttp().getRequest(); return request.headers['x-skip'] ? true : Boolean(request.user); } }
      @UseGuards(Lax, Half) @Controller('d') class D { @Get() all() { return 1; } }
      @Module({ controllers: [D] }) export class AppModule {}`);
    expect(levels(routes)).toEqual({ 'GET /d': 'none' });
  });

  it('follows Passport: the strategy behind AuthGuard, public routes of a subclass, optional sign-in', async () => {
    const routes = await nest(
      `import { AuthGuard, PassportStrategy } from '@nestjs/passport'; import { Strategy, ExtractJwt } from 'passport-jwt'; import { Reflector } from '@nestjs/core';
       @Injectable() class JwtStrategy extends PassportStrategy(Strategy) {
         constructor() { super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: process.env.SECRET }); }
         validate(payload) { return { id: payload.sub, tenantId: payload.tenantId, role: payload.role }; }
       }
       class JwtGuard extends AuthGuard('jwt') {
         constructor(private reflector: Reflector) { super(); }
         canActivate(context) { return this.reflector.get('isPublic', context.getHandler()) ? true : super.canActivate(context); }
       }
       class OptionalGuard extends AuthGuard('jwt') { handleRequest(err, user) { return user || null; } }
       @Controller('p') class P {
         constructor(private prisma: Prisma) {}
         @UseGuards(JwtGuard) @Get('mine') mine(@Req() req) { return this.prisma.order.findMany({ where: { tenantId: req.user.tenantId } }); }
         @UseGuards(JwtGuard) @Public() @Get('open') open() { return 1; }
         @UseGuards(OptionalGuard) @Get('maybe') maybe(@CurrentUser() user) { return user ? 1 : 2; }
         @UseGuards(OptionalGuard) @Get('must') must(@CurrentUser() user) { if (!user) throw new Error(); return 1; }
       }
       @Module({ controllers: [P], providers: [JwtStrategy, Prisma] }) export class AppModule {}`,
    );
    expect(levels(routes)).toEqual({ 'GET /p/mine': 'identity', 'GET /p/open': 'none', 'GET /p/maybe': 'none', 'GET /p/must': 'identity' });
    expect(routes['GET /p/mine']?.data).toMatchObject([{ name: 'order', scope: 'tenant' }]);
  });

  it('runs middleware that a module applies, where it applies', async () => {
    const routes = await nest(`
      import { JwtService } from '@nestjs/jwt';
      @Injectable() class Session { constructor(private jwt: JwtService) {} use(req, res, next) { req.user = this.jwt.verify(req.headers.authorization); next(); } }
      @Controller('e') class E { @Get('in') in() { return 1; } @Get('out') out() { return 1; } }
      @Module({ controllers: [E] }) export class AppModule { configure(consumer) { consumer.apply(Session).exclude('e/out').forRoutes('e'); } }`);
    expect(levels(routes)).toEqual({ 'GET /e/in': 'identity', 'GET /e/out': 'none' });
  });

  it('says when a guard or strategy is out of sight', async () => {
    const routes = await nest(`
      import { AuthGuard } from '@nestjs/passport'; import { OtherGuard } from 'nest-other';
      @Controller('f') class F { @UseGuards(OtherGuard) @Get('a') a() { return 1; } @UseGuards(AuthGuard('saml')) @Get('b') b() { return 1; } }
      @Module({ controllers: [F] }) export class AppModule {}`);
    expect(routes['GET /f/a']?.unresolved).toMatchObject([{ what: 'OtherGuard', why: 'could not see whom this guard lets through' }]);
    expect(routes['GET /f/b']?.unresolved).toMatchObject([{ what: "the strategy 'saml'" }]);
  });
});

describe('NestJS data', () => {
  it('follows injected classes, tokens, factories and base classes to the query', async () => {
    const routes = await nest(
      `abstract class Repo { abstract list(): unknown; }
       @Injectable() class PrismaRepo extends Repo { constructor(private prisma: Prisma) { super(); } list() { return this.prisma.order.findMany(); } }
       class Base { constructor(protected model) {} byId(id) { return this.model.findUnique({ where: { id } }); } }
       @Injectable() class Users extends Base { constructor(prisma: Prisma) { super(prisma.user); } }
       @Injectable() class Service { @Inject('CLIENT') private client; constructor(private repo: Repo, private users: Users) {}
         all() { return this.repo.list(); } one(id) { return this.users.byId(id); } raw() { return this.client.invoice.findMany(); } }
       @Controller('g') class G { constructor(private readonly service: Service) {}
         @Get() all() { return this.service.all(); } @Get('raw') raw() { return this.service.raw(); } @Get(':id') one(@Param('id') id: string) { return this.service.one(id); } }
       @Module({ controllers: [G], providers: [Service, Users, Prisma, { provide: Repo, useClass: PrismaRepo }, { provide: 'CLIENT', useFactory: (prisma) => prisma, inject: [Prisma] }] })
       export class AppModule {}`,
    );
    expect(routes['GET /g']?.data).toMatchObject([{ name: 'order', operation: 'read' }]);
    expect(routes['GET /g/raw']?.data).toMatchObject([{ name: 'invoice' }]);
    expect(routes['GET /g/:id']?.data).toMatchObject([{ name: 'user', inputs: [{ column: 'id', source: 'path' }] }]);
  });

  it('knows what a whitelisting pipe leaves of a body', async () => {
    const dto = `import { IsString } from 'class-validator'; import { PartialType, OmitType } from '@nestjs/mapped-types';
      class CreateUser { @IsString() name: string; @IsString() role: string; note: string; } class UpdateUser extends PartialType(OmitType(CreateUser, ['role'])) {}`;
    const controller = (decorator = ''): string => `${dto}
      @Controller('h') class H { constructor(private prisma: Prisma) {}
        ${decorator} @Post() add(@Body() dto: CreateUser) { return this.prisma.user.create({ data: dto }); }
        ${decorator} @Patch() change(@Body() dto: UpdateUser) { return this.prisma.user.update({ where: { id: 1 }, data: dto }); }
        ${decorator} @Patch('any') any(@Body() body: any) { return this.prisma.user.update({ where: { id: 1 }, data: body }); } }
      @Module({ controllers: [H] }) export class AppModule {}`;
    const strict = await nest(controller(), 'app.useGlobalPipes(new ValidationPipe({ whitelist: true }));');
    expect(strict['POST /h']?.data[0]).toMatchObject({ writes: ['name', 'role'] });
    expect(strict['PATCH /h']?.data[0]).toMatchObject({ writes: ['name'] });
    expect(strict['PATCH /h']?.data[0]?.wholeInput).toBeUndefined();
    expect(strict['PATCH /h/any']?.data[0]?.wholeInput).toBe('body');
    const loose = await nest(controller(), 'app.useGlobalPipes(new ValidationPipe());');
    expect(loose['POST /h']?.data[0]?.wholeInput).toBe('body');
    const local = await nest(controller('@UsePipes(new ValidationPipe({ whitelist: true }))'));
    expect(local['POST /h']?.data[0]?.wholeInput).toBeUndefined();
  });

  it('reads TypeORM repositories, builders and managers', async () => {
    const routes = await nest(
      `import { Entity, Repository, DataSource, In } from 'typeorm'; import { InjectRepository } from '@nestjs/typeorm';
       @Entity('orders') class Order { id: string; userId: string; }
       @UseGuards(TokenGuard) @Controller('t') class T {
         constructor(@InjectRepository(Order) private orders: Repository<Order>, private source: DataSource) {}
         @Get('mine') mine(@CurrentUser() user) { return this.orders.find({ where: { userId: user.sub } }); }
         @Get(':id') one(@Param('id') id: string) { return this.orders.findOneBy({ id }); }
         @Get('q/:id') query(@Param('id') id: string, @CurrentUser() user) { return this.orders.createQueryBuilder('o').where('o.id = :id', { id }).andWhere('o.userId = :me', { me: user.sub }).getOne(); }
         @Patch(':id') async change(@Param('id') id: string, @Body() body, @CurrentUser() user) {
           const order = await this.orders.findOneOrFail({ where: { id, userId: user.sub } });
           Object.assign(order, body);
           return this.orders.save(order);
         }
         @Delete(':id') remove(@Param('id') id: string) { return this.source.transaction((manager) => manager.delete(Order, { id: In([id]) })); }
         @Post() add(@Body() body) { return this.orders.save(this.orders.create(body)); }
       }
       @Module({ controllers: [T] }) export class AppModule {}`,
    );
    expect(routes['GET /t/mine']?.data).toMatchObject([{ name: 'orders', operation: 'read', scope: 'owner', auth: 'identity' }]);
    expect(routes['GET /t/:id']?.data).toMatchObject([{ scope: 'none', inputs: [{ column: 'id', source: 'path' }] }]);
    expect(routes['GET /t/q/:id']?.data).toMatchObject([{ name: 'orders', scope: 'owner', inputs: [{ column: 'id', source: 'path' }] }]);
    expect(routes['PATCH /t/:id']?.data).toMatchObject([
      { operation: 'read', scope: 'owner' },
      { operation: 'update', scope: 'tenant', wholeInput: 'body' },
    ]);
    expect(routes['DELETE /t/:id']?.data).toMatchObject([{ name: 'orders', operation: 'delete', scope: 'none' }]);
    expect(routes['POST /t']?.data).toMatchObject([{ operation: 'create', wholeInput: 'body' }]);
  });

  it('reads Mongoose models, settings and the request that is injected', async () => {
    const routes = await nest(
      `import { InjectModel } from '@nestjs/mongoose'; import { ConfigService, ConfigModule, registerAs } from '@nestjs/config'; import { REQUEST } from '@nestjs/core'; import { ThrottlerGuard, SkipThrottle } from '@nestjs/throttler';
       class Cat {}
       const keys = registerAs('keys', () => ({ hook: process.env.HOOK_SECRET }));
       @Injectable() class Cats { constructor(@InjectModel(Cat.name) private cats, @Inject(REQUEST) private request, private config: ConfigService) {}
         mine() { return this.cats.find({ owner: this.request.user.sub }); }
         hook(key) { if (key !== this.config.get('keys.hook')) throw new Error(); return this.cats.deleteMany({}); } }
       @Controller('m') class M { constructor(private cats: Cats) {} @UseGuards(TokenGuard) @Get() mine() { return this.cats.mine(); } @SkipThrottle() @Post() hook(@Body('key') key: string) { return this.cats.hook(key); } }
       @Module({ imports: [ConfigModule.forRoot({ load: [keys] })], controllers: [M], providers: [Cats, { provide: APP_GUARD, useClass: ThrottlerGuard }] }) export class AppModule {}`,
    );
    expect(routes['GET /m']).toMatchObject({ data: [{ name: 'Cat', scope: 'owner' }], rateLimit: { what: 'ThrottlerGuard' } });
    expect(routes['POST /m']?.rateLimit).toBeUndefined();
    expect(['identity', 'role']).toContain(routes['POST /m']?.auth);
  });

  it('follows commands, queries and events to their handlers, and says which has none', async () => {
    const routes = await nest(
      `import { CommandBus, CommandHandler, EventBus, EventsHandler, QueryBus, QueryHandler } from '@nestjs/cqrs';
       class ListOrders { constructor(public readonly owner) {} } class RemoveOrder { constructor(public readonly id: string) {} } class Lost {} class Removed { constructor(public id) {} }
       @QueryHandler(ListOrders) class ListHandler { constructor(private prisma: Prisma) {} execute(query: ListOrders) { return this.prisma.order.findMany({ where: { userId: query.owner } }); } }
       @CommandHandler(RemoveOrder) class RemoveHandler { constructor(private prisma: Prisma, private events: EventBus) {}
         async execute({ id }: RemoveOrder) { await this.prisma.order.delete({ where: { id } }); this.events.publish(new Removed(id)); } }
       @EventsHandler(Removed) class RemovedHandler { constructor(private prisma: Prisma) {} handle(event) { return this.prisma.trace.create({ data: { order: event.id } }); } }
       @UseGuards(TokenGuard) @Controller('q') class Q { constructor(private queries: QueryBus, private commands: CommandBus) {}
         @Get() mine(@CurrentUser('sub') me: string) { return this.queries.execute(new ListOrders(me)); }
         @Delete(':id') remove(@Param('id') id: string) { return this.commands.execute(new RemoveOrder(id)); }
         @Post() lost() { return this.commands.execute(new Lost()); } }
       @Module({ controllers: [Q], providers: [Prisma, ...[ListHandler, RemoveHandler], RemovedHandler] }) export class AppModule {}`,
    );
    expect(routes['GET /q']?.data).toMatchObject([{ name: 'order', operation: 'read', scope: 'owner' }]);
    expect(routes['DELETE /q/:id']?.data).toMatchObject([
      { name: 'order', operation: 'delete', scope: 'none' },
      { name: 'trace', operation: 'create' },
    ]);
    expect(routes['POST /q']?.unresolved).toMatchObject([{ what: 'Lost', why: 'could not find what handles it' }]);
  });

  it('knows what is opened once the modules are there', async () => {
    const routes = await nest(
      `import { MongoClient } from 'mongodb';
       @Injectable() class Mongo { private client; private db; async onModuleInit() { try { this.client = new MongoClient(process.env.MONGO_URL); await this.client.connect(); this.db = this.client.db('main'); } catch (error) { throw error; } }
         collection(name: string) { return this.db.collection(name); } }
       @Controller('o') class O { constructor(private mongo: Mongo) {} @Get() all() { return this.mongo.collection('orders').find({}).toArray(); } }
       @Module({ controllers: [O], providers: [Mongo] }) export class AppModule {}`,
    );
    expect(routes['GET /o']?.data).toMatchObject([{ name: 'orders', operation: 'read', scope: 'none' }]);
  });
});
