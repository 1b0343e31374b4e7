import { describe, expect, it } from 'vitest';
import { routesOf } from './fixture.ts';

const db = `import { createClient } from '@supabase/supabase-js'; const db = createClient(process.env.SUPABASE_URL, process.env.SERVICE_ROLE_KEY);`;
const reads = `const { data } = await db.from('orders').select();`;
const gateway = (guard: string): string => `${db}
  export const handler = async (event, context) => {
    ${guard}
    ${reads}
    return { statusCode: 200, body: JSON.stringify(data) };
  };`;
const refusal = `return { statusCode: 401, body: 'no' };`;

describe('Netlify Functions', () => {
  const toml = { 'netlify.toml': '[build]\n  functions = "netlify/functions"\n' };

  it('reads the status of what a function returns', async () => {
    const routes = await routesOf({
      ...toml,
      'netlify/functions/open.ts': gateway(''),
      'netlify/functions/user/user.ts': gateway(`const { user } = context.clientContext; if (!user) ${refusal}`),
      'netlify/functions/keyed/index.js': gateway(`if (event.headers['x-api-key'] !== process.env.ADMIN_KEY) ${refusal}`),
      'netlify/functions/lib/db.ts': db,
    });
    expect(Object.fromEntries(Object.values(routes).map(({ path, auth }) => [path, auth]))).toEqual({
      '/.netlify/functions/open': 'none',
      '/.netlify/functions/user': 'identity',
      '/.netlify/functions/keyed': 'role',
    });
  });

  it('tells methods apart and follows callbacks', async () => {
    const routes = await routesOf({
      ...toml,
      'netlify/functions/mail.js': `${db}
        exports.handler = (event, context, callback) => {
          if (event.httpMethod !== 'POST') return callback(null, { statusCode: 405 });
          if (!context.clientContext.user) return callback(null, { statusCode: 401 });
          callback(null, { statusCode: 200, body: 'sent' });
        };`,
    });
    expect(Object.keys(routes)).toEqual(['POST /.netlify/functions/mail']);
    expect(routes['POST /.netlify/functions/mail']?.auth).toBe('identity');
  });

  it('reads functions of the second kind with their own paths, and leaves schedules out', async () => {
    const routes = await routesOf({
      ...toml,
      'netlify/functions/orders.ts': `${db}
        export default async (req, context) => { ${reads} return Response.json(data); };
        export const config = { path: ['/orders', '/orders/:id'], method: 'GET' };`,
      'netlify/functions/nightly.ts': `export default async () => {}; export const config = { schedule: '@daily' };`,
      'netlify/functions/hourly.ts': `import { schedule } from '@netlify/functions'; export const handler = schedule('@hourly', async () => {});`,
      'netlify/edge-functions/geo.ts': `export default async () => new Response('x'); export const config = { path: '/geo' };`,
    });
    expect(Object.keys(routes).toSorted()).toEqual(['ALL /geo', 'GET /orders', 'GET /orders/:id']);
  });

  it('finds a function that stands among the pages of Next.js, once', async () => {
    const files = {
      'package.json': '{"dependencies":{"next":"14.0.0"}}',
      'pages/api/sendEmail.ts': gateway(`if (event.httpMethod !== 'POST') return { statusCode: 405 };`),
      'pages/api/real.ts': `export default function handler(req, res) { res.json({}); }`,
    };
    const routes = await routesOf({ ...toml, ...files });
    expect(Object.keys(routes).toSorted()).toEqual(['ALL /api/real', 'POST /api/sendEmail']);
    expect(routes['POST /api/sendEmail']).toMatchObject({ framework: 'Netlify Functions', auth: 'none', data: [{ name: 'orders' }] });
    expect(Object.keys(await routesOf(files))).toEqual(['ALL /api/real']);
  });
});

describe('Vercel Functions', () => {
  const files = {
    'vercel.json': '{}',
    'api/users/[id].ts': `${db}
      export default async function handler(req, res) {
        if (req.headers.authorization !== \`Bearer \${process.env.CRON_SECRET}\`) return res.status(401).end();
        ${reads}
        res.json(data);
      }`,
    'api/edge.ts': `${db} export const config = { runtime: 'edge' }; export default async (request) => { ${reads} return Response.json(data); };`,
    'api/verbs.ts': `${db} export async function GET() { return new Response('x'); } export async function POST() { await db.from('orders').insert({}); return new Response('x'); }`,
    'api/_lib/db.ts': `export default function helper(a, b) { return a + b; }`,
    'api/constants.ts': `export const a = 1;`,
  };

  it('reads the api folder', async () => {
    const routes = await routesOf(files);
    expect(Object.keys(routes).toSorted()).toEqual(['ALL /api/edge', 'ALL /api/users/:id', 'GET /api/verbs', 'POST /api/verbs']);
    expect(routes['ALL /api/users/:id']?.auth).toBe('role');
    expect(routes['ALL /api/edge']).toMatchObject({ auth: 'none', data: [{ auth: 'none' }] });
  });

  it('leaves the api folder of Next.js apps and of nobody alone', async () => {
    expect(await routesOf({ ...files, 'package.json': '{"dependencies":{"next":"15.0.0"}}' })).toEqual({});
    const { 'vercel.json': _, ...rest } = files;
    expect(await routesOf(rest)).toEqual({});
  });
});

describe('a folder that Netlify and Vercel both serve', () => {
  const hosts = { 'vercel.json': '{}', 'netlify.toml': '[functions]\n  directory = "api"\n' };

  it('tells each file once, for the host it is written for', async () => {
    const routes = await routesOf({
      ...hosts,
      'api/node.js': `${db} const send = (out, data) => out.status(200).json(data);
        export default async function handler(request, response) { ${reads} return send(response, data); }`,
      'api/common.js': `module.exports = async (req, reply) => { reply.status(200).json({}); };`,
      'api/verbs.ts': `${db} export async function GET() { ${reads} return Response.json(data); }`,
      'api/gateway.ts': gateway(''),
      'api/web.ts': `${db} export default async (req, context) => { ${reads} return Response.json(data); };`,
    });
    expect(Object.keys(routes).toSorted()).toEqual([
      'ALL /.netlify/functions/gateway',
      'ALL /.netlify/functions/web',
      'ALL /api/common',
      'ALL /api/node',
      'GET /api/verbs',
    ]);
    expect(routes['ALL /api/node']).toMatchObject({ framework: 'Vercel Functions', auth: 'none', data: [{ name: 'orders' }] });
    expect(routes['ALL /.netlify/functions/gateway']).toMatchObject({ auth: 'none', data: [{ name: 'orders' }] });
  });

  it('leaves them to Netlify where Vercel serves nothing', async () => {
    const routes = await routesOf({
      'netlify.toml': hosts['netlify.toml'],
      'api/node.js': `${db} export default async function handler(request, response) { ${reads} response.status(200).json(data); }`,
    });
    expect(Object.keys(routes)).toEqual(['ALL /.netlify/functions/node']);
  });
});

describe('AWS Lambda', () => {
  it('reads serverless.yml with its authorizers and keys', async () => {
    const routes = await routesOf({
      'services/orders/serverless.yml': `
service: orders
provider: { name: aws }
functions:
  list:
    handler: src/orders.list
    events:
      - httpApi: GET /orders
      - http: { path: 'old/{id}', method: get, authorizer: aws_iam }
  mine:
    handler: src/orders.mine
    events:
      - httpApi: { method: POST, path: '/mine/{rest+}', authorizer: { name: cognito } }
  keyed:
    handler: src/orders.list
    events:
      - http: { path: keyed, method: any, private: true }
  gone:
    handler: src/missing.run
    events: [{ httpApi: 'GET /gone' }]
  queue:
    handler: src/orders.list
    events: [{ sqs: arn }]
`,
      'services/orders/src/orders.ts': `${db}
        export const list = async () => { ${reads} return { statusCode: 200, body: data }; };
        export const mine = async (event) => {
          const { sub } = event.requestContext.authorizer.jwt.claims;
          const { data } = await db.from('orders').select().eq('user_id', sub);
          return { statusCode: 200, body: data };
        };`,
    });
    expect(Object.keys(routes).toSorted()).toEqual(['ALL /keyed', 'GET /gone', 'GET /old/:id', 'GET /orders', 'POST /mine/:rest*']);
    expect(routes['GET /orders']).toMatchObject({ auth: 'none', place: { file: 'services/orders/src/orders.ts' } });
    expect(routes['GET /old/:id']?.auth).toBe('role');
    expect(routes['POST /mine/:rest*']).toMatchObject({ auth: 'identity', data: [{ scope: 'owner' }] });
    expect(routes['ALL /keyed']?.auth).toBe('role');
    expect(routes['GET /gone']?.unresolved).toMatchObject([{ what: 'src/missing.run' }]);
  });

  it('reads SAM templates and middy', async () => {
    const routes = await routesOf({
      'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties: { Auth: { DefaultAuthorizer: Cognito } }
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: orders/
      Handler: app.handler
      Events:
        Get: { Type: Api, Properties: { Path: '/orders/{id}', Method: get } }
        Open: { Type: Api, Properties: { Path: /open, Method: get, Auth: { Authorizer: NONE } } }
`,
      'orders/app.ts': `import middy from '@middy/core';
        ${gateway('')}
        const inner = handler;
        export const wrapped = middy(inner).use({ before: ({ event }) => { if (event.headers['x-key'] !== process.env.API_SECRET) throw new Error('no'); } });`,
      'serverless.ts': `export default { provider: { name: 'aws' }, functions: { w: { handler: 'orders/app.wrapped', events: [{ http: { method: 'get', path: 'wrapped' } }] } } };`,
    });
    expect(routes['GET /orders/:id']?.auth).toBe('identity');
    expect(routes['GET /open']?.auth).toBe('none');
    expect(routes['GET /wrapped']?.auth).toBe('role');
  });
});

describe('Firebase Functions', () => {
  const manifest = {
    'functions/package.json': '{"main":"lib/index.js","dependencies":{"firebase-functions":"^6.0.0","firebase-admin":"^12.0.0"}}',
  };

  it('reads callable and HTTP functions of both generations', async () => {
    const routes = await routesOf({
      ...manifest,
      'functions/src/index.ts': `
        import * as functions from 'firebase-functions/v1';
        import { onCall, onRequest, HttpsError } from 'firebase-functions/v2/https';
        import * as admin from 'firebase-admin';
        export * from './more';
        const fs = admin.firestore();
        export const mine = onCall({ cors: true }, async (request) => {
          if (!request.auth) throw new HttpsError('unauthenticated', 'no');
          return (await fs.collection('orders').where('userId', '==', request.auth.uid).get()).docs;
        });
        export const open = onCall(async ({ data }) => fs.collection('orders').doc(data.id).get());
        export const owners = functions.region('europe-west1').https.onCall(async (data, context) => {
          const me = (await admin.database().ref(\`users/\${context.auth.uid}\`).once('value')).val();
          if (me.role !== 'owner') throw new HttpsError('permission-denied', 'no');
          return admin.auth().createUser({ email: data.email, password: data.password });
        });
        export const internal = onRequest({ invoker: 'private' }, async (req, res) => { await fs.collection('orders').add(req.body); res.json({}); });
        export const nightly = functions.pubsub.schedule('every day').onRun(async () => {});
        export const group = { hook: onRequest(async (req, res) => { if (req.method === 'POST') await fs.collection('orders').add(req.body); res.json({}); }) };`,
      'functions/src/more.ts': `
        import { onRequest } from 'firebase-functions/v2/https';
        import { getAuth } from 'firebase-admin/auth';
        export const verified = onRequest(async (req, res) => {
          try { await getAuth().verifyIdToken(req.headers.authorization.slice(7)); } catch { return res.status(401).end(); }
          res.json({});
        });`,
    });
    expect(Object.fromEntries(Object.values(routes).map(({ id, auth }) => [id, auth]))).toEqual({
      'POST /mine': 'identity',
      'POST /open': 'none',
      'POST /owners': 'role',
      'ALL /internal': 'role',
      'POST /group-hook': 'none',
      'ALL /verified': 'identity',
    });
    expect(routes['POST /mine']?.data).toMatchObject([{ name: 'orders', scope: 'owner' }]);
    expect(routes['POST /owners']?.data).toContainEqual(expect.objectContaining({ kind: 'accounts', operation: 'create', auth: 'role' }));
  });

  it('reads exports of CommonJS and says nothing of App Check that it does not prove', async () => {
    const routes = await routesOf({
      'functions/package.json': '{"dependencies":{"firebase-functions":"^4.0.0"}}',
      'functions/index.js': `
        const functions = require('firebase-functions');
        exports.create = functions.runWith({ enforceAppCheck: true }).https.onCall((data, context) => ({ ok: true }));
        exports.gone = functions.auth.user().onDelete(async () => {});`,
    });
    expect(Object.keys(routes)).toEqual(['POST /create']);
    expect(routes['POST /create']?.auth).toBe('presence');
  });
});
