import { describe, expect, it } from 'vitest';
import { awsPair, forge, privateKey, rsaKey, samples } from './fixtures/synthetic.ts';
import { findSecrets, type Hit, type ReadAs } from './scan-text.ts';

const now = Date.UTC(2026, 10, 23);
const asCode: ReadAs = { names: true, lines: false, code: true, certainOnly: false, now };
const asLines: ReadAs = { names: true, lines: true, code: false, certainOnly: false, now };
const asDocs: ReadAs = { names: false, lines: false, code: false, certainOnly: false, now };
const asTests: ReadAs = { ...asDocs, certainOnly: true };
const kinds = (hits: readonly Hit[]): string[] => hits.map(({ kind }) => kind);

describe('every known form', () => {
  it.each(samples.map((sample, index) => [`${sample.kind} ${index}`, sample] as const))('%s', (_, { kind, sensitivity, make }) => {
    // Several values of each: random text now and then looks like a word.
    let found = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const value = make(forge(seed));
      for (const text of [
        `const key = "${value}";\n`,
        `KEY=${value}\n`,
        `  "key": "${value}",`,
        `curl -H 'Authorization: Bearer ${value}' x`,
      ]) {
        const hits = findSecrets(text, asDocs).filter((hit) => hit.kind === kind && value.includes(hit.value));
        if (hits[0]?.sensitivity === sensitivity) found++;
      }
    }
    expect(found).toBeGreaterThanOrEqual(76);
  });

  it('is not found inside a longer word or a hash', () => {
    for (const [index, { make }] of samples.entries()) {
      const value = make(forge(index + 900));
      if (/^[a-z+]+:|^\/api|^hooks|^\d|^AccountKey/.test(value)) continue;
      expect(kinds(findSecrets(`"x${value}"`, asDocs)), value.slice(0, 6)).toEqual([]);
    }
  });

  it('has a harm and a place to replace it in whole sentences', () => {
    for (const { make } of samples)
      for (const hit of findSecrets(`k = "${make(forge(3))}"`, asDocs)) {
        expect(hit.harm).toMatch(/^[A-Z].*\.$/);
        expect(hit.rotate).toMatch(/\.$/);
        expect(hit.label.length).toBeGreaterThan(5);
      }
  });
});

describe('meaning', () => {
  it('reads the role, project and expiry out of a Supabase key', () => {
    const key = forge(1).jwt({ iss: 'supabase', ref: 'qzvmkrtyplwxnbdhsjgf', role: 'service_role', iat: 1, exp: 2_062_000_000 });
    const [hit] = findSecrets(`"${key}"`, asDocs);
    expect(hit).toMatchObject({
      kind: 'supabase-service-role',
      power: 'total',
      certain: true,
      opens: 'supabase qzvmkrtyplwxnbdhsjgf service_role',
    });
    expect(hit?.meaning).toBe('project qzvmkrtyplwxnbdhsjgf, role service_role, valid until 2035-05-05');
  });

  it('takes the id of an AWS pair alone for little, with its secret for everything', () => {
    const { id, key } = awsPair(forge(5));
    expect(findSecrets(`AWS_ACCESS_KEY_ID=${id}\n`, asDocs)[0]).toMatchObject({ kind: 'aws-key-id', sensitivity: 'low' });
    const [hit] = findSecrets(`AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${key}\n`, asDocs);
    expect(hit).toMatchObject({ kind: 'aws-access-key', sensitivity: 'secret', power: 'total' });
    expect(hit?.traces).toEqual([key]);
  });

  it('tells a Google key by what it is for', () => {
    const key = ['AI', 'zaSy', forge(8).text('alnum', 33)].join('');
    const told = (text: string): unknown => findSecrets(text, asDocs)[0]?.kind;
    expect(told(`firebaseConfig = { apiKey: "${key}", authDomain: "x.firebaseapp.com" }`)).toBe('google-browser-key');
    expect(told(`VITE_GOOGLE_MAPS_API_KEY=${key}`)).toBe('google-browser-key');
    expect(told(`GEMINI_API_KEY="${key}"`)).toBe('google-gemini-key');
    expect(told(`fetch("https://generativelanguage.googleapis.com/v1?key=${key}")`)).toBe('google-gemini-key');
    expect(told(`const key = "${key}"`)).toBe('google-api-key');
  });

  it('tells Clerk and Paystack from Stripe, whose prefix they share', () => {
    const f = forge(12);
    const live = ['sk', 'live', f.text('alnum', 42)].join('_');
    expect(kinds(findSecrets(`CLERK_SECRET_KEY=${live}`, asDocs))).toEqual(['clerk-secret']);
    expect(kinds(findSecrets(`STRIPE_SECRET_KEY=${live}`, asDocs))).toEqual(['stripe-live-secret']);
    expect(kinds(findSecrets(`key=${['sk', 'live', f.text('hex', 40)].join('_')}`, asDocs))).toEqual(['paystack-secret']);
  });

  it('reads private keys with real and with escaped line breaks, and knows service accounts', () => {
    const pem = privateKey();
    expect(kinds(findSecrets(pem, asDocs))).toEqual(['private-key']);
    expect(kinds(findSecrets(`KEY="${pem.replaceAll('\n', '\\n')}"`, asDocs))).toEqual(['private-key']);
    const account = JSON.stringify({
      type: 'service_account',
      project_id: 'acme-portal',
      private_key: rsaKey(),
      client_email: 'x@acme-portal.iam.gserviceaccount.com',
    });
    expect(findSecrets(account, asDocs)[0]).toMatchObject({ kind: 'google-service-account', meaning: 'project acme-portal' });
  });

  it('finds a token inside a web address and says that rather than "an address"', () => {
    const token = samples.find(({ kind }) => kind === 'github-token')?.make(forge(77)) ?? '';
    const hits = findSecrets(`git clone https://x-access-token:${token}@github.com/acme/portal.git`, asDocs);
    expect(kinds(hits)).toContain('github-token');
  });
});

describe('what hides', () => {
  it('is found when split over literals, and its parts are traces', () => {
    const live = ['sk', 'live', `51${forge(4).text('alnum', 60)}`].join('_');
    const parts = [live.slice(0, 5), live.slice(5, 30), live.slice(30)];
    const text = `const a = '${parts[0]}' + '${parts[1]}' +\n  "${parts[2]}";`;
    const [hit, ...more] = findSecrets(text, asCode);
    expect(more).toEqual([]);
    expect(hit).toMatchObject({ kind: 'stripe-live-secret', value: live });
    expect(hit?.traces).toEqual(parts);
    expect(findSecrets(`const a = 'hello ' + 'world' + "${'x'.repeat(30)}"`, asCode)).toEqual([]);
  });

  it('is found when wrapped in base64', () => {
    const live = ['sk', 'live', `51${forge(6).text('alnum', 60)}`].join('_');
    const wrapped = Buffer.from(live).toString('base64');
    expect(findSecrets(`STRIPE_B64=${wrapped}`, asLines)[0]).toMatchObject({ kind: 'stripe-live-secret', value: live, traces: [wrapped] });
    const account = Buffer.from(JSON.stringify({ type: 'service_account', project_id: 'acme-portal', private_key: rsaKey() })).toString(
      'base64',
    );
    expect(kinds(findSecrets(`GOOGLE_CREDENTIALS=${account}`, asLines))).toEqual(['google-service-account']);
  });
});

describe('in test code', () => {
  it('only what proves itself real counts', () => {
    const f = forge(21);
    const role = samples[0]?.make(f) ?? '';
    const github = samples.find(({ kind }) => kind === 'github-token')?.make(f) ?? '';
    const stripe = ['sk', 'live', f.text('alnum', 60)].join('_');
    expect(
      kinds(findSecrets(`a("${role}"); b("${github}"); c("${stripe}"); d("${privateKey().replaceAll('\n', '\\n')}")`, asTests)),
    ).toEqual(['supabase-service-role', 'github-token']);
  });
});
