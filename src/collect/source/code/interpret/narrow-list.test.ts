import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

const head = `import { Pool } from 'pg'; const pool = new Pool(); const allowed = ['name', 'phone']; const inSet = new Set(['name', 'phone']);`;
const written = async (loop: string) => {
  const { data } = await nextRoute(`${head}
    export async function PATCH(request) { const body = await request.json(); const fields = []; const values = [];
    ${loop}
    await pool.query(\`UPDATE staff SET \${fields.join(', ')} WHERE id = 1\`, values); return Response.json({}); }`);
  return [data[0]?.wholeInput, data[0]?.writes];
};
const push = 'fields.push(`${key} = $${values.length}`); values.push(value);';

describe('columns that a list lets through', () => {
  it.each([
    [
      'includes',
      `Object.entries(body).forEach(([key, value]) => { if (key !== 'id' && value !== undefined && allowed.includes(key)) { ${push} } });`,
    ],
    ['a set', `for (const [key, value] of Object.entries(body)) { if (inSet.has(key)) { ${push} } }`],
    ['the others left out', `for (const [key, value] of Object.entries(body)) { if (!allowed.includes(key)) continue; ${push} }`],
    ['a filter', `Object.keys(body).filter((key) => allowed.includes(key)).forEach((key) => { const value = body[key]; ${push} });`],
    [
      'a filter of pairs',
      `Object.entries(body).filter(([key]) => { return allowed.includes(key); }).forEach(([key, value]) => { ${push} });`,
    ],
  ])('%s', async (_, loop) => {
    expect(await written(loop)).toEqual([undefined, ['name', 'phone']]);
  });

  it.each([
    ['without a list', `for (const [key, value] of Object.entries(body)) { ${push} }`],
    [
      'with a list of what is left out',
      `for (const [key, value] of Object.entries(body)) { if (allowed.includes(key)) continue; ${push} }`,
    ],
    ['with a list for the values', `for (const [key, value] of Object.entries(body)) { if (allowed.includes(value)) { ${push} } }`],
    ['with a list the caller sends', `for (const [key, value] of Object.entries(body)) { if (body.fields.includes(key)) { ${push} } }`],
  ])('are all that the caller names %s', async (_, loop) => {
    expect((await written(loop))[0]).toBe('body');
  });
});
