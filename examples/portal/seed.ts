import { hashPassword } from './src/auth/password.ts';
import { db, transaction } from './src/db.ts';
import { migrate } from './src/migrate.ts';

// Fills an empty database with two organisations to try the portal with. Everybody's password is SEED_PASSWORD.

const password = process.env['SEED_PASSWORD'];
if (!password || password.length < 12) {
  console.error('Set SEED_PASSWORD to the password (12 characters or more) the example accounts shall have.');
  process.exit(1);
}

await migrate();

interface Seed {
  organisation: string;
  owner: [name: string, email: string];
  staff: [name: string, email: string];
  clients: [name: string, email: string][];
  invoices: [client: number, number: string, title: string, cents: number, status: string, dueInDays: number][];
  cases: [client: number, title: string, description: string, status: string][];
  tasks: [title: string, dueInDays: number, done: boolean][];
  approvals: [client: number, title: string, details: string, status: string][];
}

const seeds: Seed[] = [
  {
    organisation: 'Northwind Interiors',
    owner: ['Nora Lindqvist', 'nora@northwind.example'],
    staff: ['Sam Okafor', 'sam@northwind.example'],
    clients: [
      ['Clara Duarte', 'clara@duarte-cafe.example'],
      ['Henrik Voss', 'henrik@voss-dental.example'],
    ],
    invoices: [
      [0, 'NW-2026-031', 'Café fit-out, first instalment', 480_000, 'paid', -20],
      [0, 'NW-2026-038', 'Café fit-out, second instalment', 480_000, 'sent', 9],
      [0, 'NW-2026-044', 'Change request: acoustic panels', 62_500, 'draft', 30],
      [1, 'NW-2026-040', 'Waiting room, design phase', 215_000, 'sent', -3],
    ],
    cases: [
      [0, 'Café fit-out Rua Augusta', 'Counter, seating and lighting for 40 guests. Opening is planned for March.', 'open'],
      [0, 'Warranty: loose shelf bracket', 'Second shelf behind the counter moves when loaded.', 'waiting'],
      [1, 'Dental practice waiting room', 'Redesign of the waiting room and reception.', 'open'],
    ],
    tasks: [
      ['Order oak veneer samples', 4, false],
      ['Measure the counter niche', -6, true],
      ['Agree the delivery date with the carpenter', 12, false],
    ],
    approvals: [
      [0, 'Lighting plan, version 3', 'Warmer light over the counter, as discussed on site.', 'pending'],
      [1, 'Colour concept', 'Sage green with oak. See the file attached to the case.', 'approved'],
    ],
  },
  {
    organisation: 'Harbour Legal',
    owner: ['Priya Raman', 'priya@harbourlegal.example'],
    staff: ['Tomás Weber', 'tomas@harbourlegal.example'],
    clients: [
      ['Ada Mbeki', 'ada@mbeki-logistics.example'],
      ['Luis Ortega', 'luis@ortega-foods.example'],
    ],
    invoices: [
      [0, 'HL-1180', 'Contract review, carrier framework', 320_000, 'sent', 14],
      [1, 'HL-1181', 'Trademark filing', 145_000, 'paid', -30],
    ],
    cases: [
      [0, 'Carrier framework agreement', 'Review of liability and termination clauses.', 'open'],
      [1, 'Trademark "Ortega Fresca"', 'Filing in classes 29 and 32.', 'closed'],
    ],
    tasks: [
      ['Send the redlined draft', 2, false],
      ['Check the conflict register', -10, true],
    ],
    approvals: [[0, 'Redlined draft of the framework', 'Clauses 7 and 12 are the ones to look at.', 'pending']],
  },
];

const passwordHash = await hashPassword(password);

await transaction(async (client) => {
  const insert = async (sql: string, values: unknown[]): Promise<string> =>
    (await client.query<{ id: string }>(`${sql} returning id`, values)).rows[0]!.id;
  const person = ([name, email]: [string, string], admin = false): Promise<string> =>
    insert('insert into users (name, email, password_hash, is_platform_admin) values ($1, $2, $3, $4)', [name, email, passwordHash, admin]);

  await person(['Alex Fieldwork', 'admin@fieldwork.example'], true);

  for (const seed of seeds) {
    const organisation = await insert('insert into organisations (name) values ($1)', [seed.organisation]);
    const join = async (who: [string, string], role: string): Promise<string> => {
      const id = await person(who);
      await client.query('insert into memberships (organisation_id, user_id, role) values ($1, $2, $3)', [organisation, id, role]);
      return id;
    };
    const owner = await join(seed.owner, 'owner');
    await join(seed.staff, 'staff');
    const clients: string[] = [];
    for (const one of seed.clients) clients.push(await join(one, 'client'));

    for (const [index, number, title, cents, status, days] of seed.invoices) {
      const invoice = await insert(
        `insert into invoices (organisation_id, client_id, number, title, amount_cents, status, due_on, paid_at)
         values ($1, $2, $3, $4, $5, $6::text, current_date + $7::int, case when $6 = 'paid' then now() end)`,
        [organisation, clients[index], number, title, cents, status, days],
      );
      if (status === 'paid')
        await insert(
          `insert into payments (organisation_id, invoice_id, reference, amount_cents, currency) values ($1, $2, $3, $4, 'EUR')`,
          [organisation, invoice, `evt_${number.toLowerCase()}`, cents],
        );
    }
    const cases: { id: string; client: string }[] = [];
    for (const [index, title, description, status] of seed.cases) {
      const owned = clients[index]!;
      const id = await insert('insert into cases (organisation_id, client_id, title, description, status) values ($1, $2, $3, $4, $5)', [
        organisation,
        owned,
        title,
        description,
        status,
      ]);
      cases.push({ id, client: owned });
    }
    for (const [title, days, done] of seed.tasks) {
      await insert(
        `insert into tasks (organisation_id, case_id, title, due_on, done_at)
         values ($1, $2, $3, current_date + $4::int, case when $5::boolean then now() end)`,
        [organisation, cases[0]!.id, title, days, done],
      );
    }
    for (const [index, title, details, status] of seed.approvals) {
      const about = cases.find((one) => one.client === clients[index])!;
      await insert(
        `insert into approvals (organisation_id, case_id, client_id, title, details, status, requested_by, decided_at)
         values ($1, $2, $3, $4, $5, $6::text, $7, case when $6 <> 'pending' then now() end)`,
        [organisation, about.id, about.client, title, details, status, owner],
      );
    }
  }
});

console.log(`Seeded ${seeds.map((seed) => seed.organisation).join(' and ')}`);
await db.end();
