import type { Flaw } from '../../flaws.ts';

/** Records of other tenants, clients and roles are within reach. */
export const tenantFlaws: Flaw[] = [
  {
    id: 'idor-invoices',
    title: 'Any signed-in user can open any invoice of any organisation by counting up the number in the address.',
    stages: ['audit', 'access'],
    checks: ['audit/object-without-ownership', 'access/unscoped-query'],
    tried: ['access/route-stranger-reads'],
    edits: [
      {
        file: 'src/routes/api/invoices.ts',
        find: `     where id = $1 and organisation_id = $2
       and ($3::uuid is null or (client_id = $3 and status <> 'draft'))\`,
    [input.invoiceId(req.params.id), req.user.organisationId, onlyOwn(req.user)],`,
        replace: `     where id = $1\`,
    [input.invoiceId(req.params.id)],`,
      },
    ],
  },
  {
    id: 'idor-cases',
    title: 'A case can be opened by anybody who is signed in and has its id.',
    stages: ['audit', 'access'],
    checks: ['audit/object-without-ownership', 'access/unscoped-query'],
    edits: [
      {
        file: 'src/routes/cases.ts',
        find: `     where c.id = $1 and c.organisation_id = $2
       and ($3::uuid is null or c.client_id = $3)\`,
    [input.uuid(id), user.organisationId, onlyOwn(user)],`,
        replace: `     where c.id = $1\`,
    [input.uuid(id)],`,
      },
      {
        file: 'src/routes/cases.ts',
        find: 'async function findCase(user: SignedInUser, id: unknown)',
        replace: 'async function findCase(_user: SignedInUser, id: unknown)',
      },
    ],
  },
  {
    id: 'idor-files',
    title: 'A file can be downloaded by anybody who is signed in and has its id.',
    stages: ['audit', 'access'],
    checks: ['audit/object-without-ownership', 'access/unscoped-query'],
    edits: [
      {
        file: 'src/routes/api/files.ts',
        find: `     from files f join cases c on c.id = f.case_id
     where f.id = $1 and f.organisation_id = $2 and ($3::uuid is null or c.client_id = $3)\`,
    [input.uuid(req.params['id']), req.user.organisationId, onlyOwn(req.user)],`,
        replace: `     from files f
     where f.id = $1\`,
    [input.uuid(req.params['id'])],`,
      },
    ],
  },
  {
    id: 'list-leaks-all-tenants',
    title: 'The list of cases holds those of all organisations.',
    stages: ['audit', 'access'],
    checks: ['audit/object-without-ownership', 'access/unscoped-query'],
    edits: [
      {
        file: 'src/routes/api/cases.ts',
        find: `     where organisation_id = $1
       and ($2::uuid is null or client_id = $2)
     order by created_at\`,
    [req.user.organisationId, onlyOwn(req.user)],
  );`,
        replace: `     order by created_at\`,
  );`,
      },
      {
        file: 'src/routes/api/cases.ts',
        find: `caseApi.get('/', member, async (req, res)`,
        replace: `caseApi.get('/', member, async (_req, res)`,
      },
    ],
  },
  {
    id: 'clients-see-each-other',
    title: 'Clients see the invoices, cases and files of the other clients of their organisation.',
    stages: ['access'],
    checks: [],
    edits: [
      {
        file: 'src/request.ts',
        find: `export function onlyOwn(user: SignedInUser): string | null {
  return user.role === 'client' ? user.id : null;`,
        replace: `export function onlyOwn(_user: SignedInUser): string | null {
  return null;`,
      },
    ],
  },
  {
    id: 'missing-auth-export',
    title: 'The invoice export answers without asking who is calling.',
    stages: ['audit', 'access'],
    checks: ['audit/unauthenticated-data-route'],
    tried: ['access/route-stranger-reads'],
    edits: [
      {
        file: 'src/routes/api/export.ts',
        find: `exportApi.get('/invoices.csv', requireUser, requireRole('owner'), async`,
        replace: `exportApi.get('/invoices.csv', async`,
      },
      {
        file: 'src/routes/api/export.ts',
        find: `     where i.organisation_id = $1 order by i.id\`,
    [req.user.organisationId],`,
        replace: `     where i.organisation_id = $1 order by i.id\`,
    [req.query['organisation']],`,
      },
      {
        file: 'src/routes/api/export.ts',
        find: `import { requireRole, requireUser } from '../../middleware/guards.ts';\n`,
        replace: '',
      },
    ],
  },
  {
    id: 'unauthenticated-write',
    title: 'Anybody on the internet can change a task whose id they know.',
    stages: ['audit', 'access'],
    checks: ['audit/unauthenticated-write'],
    tried: ['access/route-stranger-writes'],
    edits: [
      {
        file: 'src/routes/api/tasks.ts',
        find: `taskApi.patch('/:id', requireUser, requireCsrf, staff, async`,
        replace: `taskApi.patch('/:id', async`,
      },
      {
        file: 'src/routes/api/tasks.ts',
        find: `    \`update tasks set title = $3, done_at = case when $4 then coalesce(done_at, now()) end
     where id = $1 and organisation_id = $2
     returning \${COLUMNS}\`,
    [input.uuid(req.params['id']), req.user.organisationId, input.text(req.body, 'title'), req.body?.done === true],`,
        replace: `    \`update tasks set title = $2, done_at = case when $3 then coalesce(done_at, now()) end
     where id = $1
     returning \${COLUMNS}\`,
    [input.uuid(req.params['id']), input.text(req.body, 'title'), req.body?.done === true],`,
      },
    ],
  },
  {
    id: 'role-only-in-client',
    title: 'The page shows the role menu to owners only, but the server lets every member change roles.',
    stages: ['audit', 'access'],
    checks: ['audit/client-only-role-check'],
    tried: ['access/route-privilege-escalation'],
    edits: [
      {
        file: 'src/routes/members.ts',
        find: `memberRoutes.post('/:userId/role', requireRole('owner'), async`,
        replace: `memberRoutes.post('/:userId/role', async`,
      },
    ],
  },
  {
    id: 'admin-without-role',
    title: 'Every signed-in user can list and suspend organisations in the admin area.',
    stages: ['audit', 'access'],
    checks: ['audit/missing-role-check'],
    edits: [
      {
        file: 'src/routes/admin.ts',
        find: 'adminRoutes.use(requireSession, requirePlatformAdmin, requireCsrf);',
        replace: 'adminRoutes.use(requireSession, requireCsrf);',
      },
      {
        file: 'src/routes/admin.ts',
        find: `import { requirePlatformAdmin, requireSession } from '../middleware/guards.ts';`,
        replace: `import { requireSession } from '../middleware/guards.ts';`,
      },
    ],
  },
  {
    id: 'mass-assignment-user-role',
    title: 'Changing one’s own name also changes any other column of the account, such as is_platform_admin.',
    stages: ['audit', 'access'],
    checks: ['audit/mass-assignment'],
    tried: ['access/route-privilege-escalation'],
    edits: [
      {
        file: 'src/routes/api/me.ts',
        find: `  const { rows } = await db.query('update users set name = $2 where id = $1 returning id, email, name', [
    req.user.id,
    input.text(req.body, 'name', 120),
  ]);`,
        replace: `  const assignments = Object.keys(req.body).map((field, index) => \`\${field} = $\${index + 2}\`);
  const { rows } = await db.query(\`update users set \${assignments.join(', ')} where id = $1 returning id, email, name\`, [
    req.user.id,
    ...Object.values(req.body),
  ]);`,
      },
      { file: 'src/routes/api/me.ts', find: `import * as input from '../../input.ts';\n`, replace: '' },
    ],
  },
  {
    id: 'jwt-not-verified',
    title: 'A JSON web token is believed without checking its signature, so everybody can write one for anybody.',
    stages: ['access'],
    checks: [],
    tried: ['access/token-forged'],
    edits: [
      {
        file: 'src/middleware/guards.ts',
        find: 'const user = bearer ? await findApiUser(bearer) : await findSession(req);',
        replace: `const user = bearer?.includes('.') ? await findMobileUser(bearer) : bearer ? await findApiUser(bearer) : await findSession(req);`,
      },
      {
        file: 'src/middleware/guards.ts',
        find: `import { findApiUser } from '../auth/api-tokens.ts';`,
        replace: `import { findApiUser, findMobileUser } from '../auth/api-tokens.ts';`,
      },
      {
        file: 'src/auth/api-tokens.ts',
        find: `/** Finds who a token acts for, with the role they have today. */`,
        replace: `/** Finds who the mobile app's token (a JWT with the address of the user) acts for. */
export async function findMobileUser(token: string): Promise<SignedInUser | undefined> {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { email: string };
  const { rows } = await db.query<SignedInUser & { organisationId: string }>(
    \`select u.id, u.email, u.name, false as "isPlatformAdmin", m.organisation_id as "organisationId", null as "csrfToken"
     from users u join memberships m on m.user_id = u.id where u.email = $1\`,
    [claims.email],
  );
  const user = rows[0];
  const membership = user && (await findMembership(user.id, user.organisationId));
  return user && membership && { ...user, ...membership };
}

/** Finds who a token acts for, with the role they have today. */`,
      },
    ],
  },
];
