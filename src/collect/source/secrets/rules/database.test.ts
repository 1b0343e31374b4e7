import { describe, expect, it } from 'vitest';
import { forge } from '../fixtures/synthetic.ts';
import { findSecrets } from '../scan-text.ts';

const password = forge(61).text('alnum', 18);
const found = (address: string) =>
  findSecrets(`DATABASE_URL="${address}"`, { names: false, lines: true, code: false, certainOnly: false, now: 0 });

describe('addresses with passwords', () => {
  it.each([
    [
      `postgresql://postgres.qzvmkrtyplwxnbdhsjgf:${password}@aws-0-us-east-1.pooler.supabase.com:6543/postgres`,
      'Supabase project qzvmkrtyplwxnbdhsjgf',
    ],
    [`postgres://postgres:${password}@db.qzvmkrtyplwxnbdhsjgf.supabase.co:5432/postgres`, 'Supabase project qzvmkrtyplwxnbdhsjgf'],
    [`mysql://root:${password}@mysql-1.aivencloud.com:3306/app`, 'mysql at mysql-1.aivencloud.com'],
    [`mongodb+srv://portal:${password}@cluster0.xkq2v.mongodb.net/?retryWrites=true`, 'mongodb+srv at cluster0.xkq2v.mongodb.net'],
    [`postgresql://app:p@${password}@ep-cool-1.eu-central-1.aws.neon.tech/neondb`, 'postgresql at ep-cool-1.eu-central-1.aws.neon.tech'],
  ])('%s', (address, meaning) => {
    expect(found(address)).toMatchObject([{ kind: 'database-url', power: 'total', meaning, opens: meaning }]);
  });

  it.each([
    `postgresql://postgres:${password}@localhost:5432/app`,
    `postgresql://postgres:${password}@127.0.0.1/app`,
    `postgres://app:${password}@db:5432/app`,
    `mongodb://a:${password}@mongo-0.mongo:27017`,
    `postgres://app:${password}@192.168.1.4/app`,
    `postgres://app:${password}@db.example.com/app`,
    `postgresql://postgres:Hospital@2024@localhost:5432/app`,
    'postgresql://postgres:[YOUR-PASSWORD]@db.qzvmkrtyplwxnbdhsjgf.supabase.co:5432/postgres',
    'postgres://user:password@db.acme.io/app',
    'postgres://postgres:postgres@db.acme.io/app',
    'mysql://USERNAME:pscale_pw_PASSWORD@aws.connect.psdb.cloud/DATABASE_NAME',
    'postgres://${USER}:${PASS}@db.acme.io/app',
    `postgres://<user>:${password}@db.acme.io/app`,
    'http://localhost:5173/api/user/a@b.com',
    `https://user:short@acme.io`,
    'redis://default:changeme@cache.acme.io:6379',
    'postgresql://db.acme.io/app',
  ])('not %s', (address) => {
    expect(found(address)).toEqual([]);
  });
});
