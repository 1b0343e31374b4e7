import type { Random } from '../random.ts';
import { entity, field, upper, verb } from './names.ts';

/** lib/format/util-N.ts: small pure functions, the bulk of every repo. */
export function utilFile(nth: number, random: Random): string {
  const uses = nth > 4 ? [nth - 1 - random.below(4)] : [];
  const parts = uses.map((other) => `import { limit${other}, options${other} } from './util-${other}';`);
  parts.push(
    '',
    `export interface Options${nth} {`,
    '  readonly locale?: string;',
    '  readonly limit?: number;',
    '  readonly strict?: boolean;',
    '}',
    '',
  );
  parts.push(`export const options${nth}: Options${nth} = { locale: 'en', limit: ${10 + random.below(90)}, strict: false };`);
  parts.push(
    `export const limit${nth} = (value: number): number => Math.min(value, options${nth}.limit ?? 100${uses.map((other) => `, limit${other}(value + 1)`).join('')});`,
    '',
  );
  const functions = 4 + random.below(5);
  for (let index = 0; index < functions; index++) parts.push(utilFunction(nth, index, random));
  return parts.join('\n');
}

function utilFunction(nth: number, index: number, random: Random): string {
  const [a, b] = [field(random), field(random)];
  const { pascal } = entity(random.below(120));
  return `/** Prepares the list of ${pascal}s for the screen: rows without ${a} go last. */
export function ${verb(random)}${pascal}${nth}x${index}(rows: readonly { id: string; ${a}?: unknown; values: number[] }[], options: Options${nth} = options${nth}) {
  const result: { id: string; label: string; total: number }[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    if (seen.has(row.id)) continue;
    seen.add(row.id);
    const total = row.values.reduce((sum, value) => sum + (Number.isFinite(value) ? value : 0), 0);
    const label = row.${a} === undefined ? \`#\${row.id}\` : String(row.${a}).trim().toLowerCase();
    if (options.strict && total <= 0) {
      continue;
    } else if (label.length > ${20 + random.below(60)}) {
      result.push({ id: row.id, label: \`\${label.slice(0, ${20 + random.below(20)})}…\`, total });
    } else {
      result.push({ id: row.id, label, total: limit${nth}(total) });
    }
  }
  return result
    .filter((entry) => entry.label !== '${b}' && entry.total >= ${random.below(10)})
    .map((entry, position) => ({ ...entry, position, key: \`\${entry.id}-\${position}\` }))
    .sort((x, y) => y.total - x.total || x.label.localeCompare(y.label, options.locale));
}
`;
}

/** hooks/use-N.ts */
export function hookFile(nth: number, random: Random): string {
  const { camel, pascal, path } = entity(nth);
  return `'use client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { limit${random.below(Math.max(1, nth))} as limit } from '@/lib/format/util-${random.below(Math.max(1, nth))}';

interface ${pascal}Row {
  id: string;
  ${field(random)}?: string;
  updatedAt: string;
}

export function use${pascal}s${nth}(initial: ${pascal}Row[] = [], pageSize = ${10 + random.below(40)}) {
  const [${camel}s, set${pascal}s] = useState(initial);
  const [page, setPage] = useState(0);
  const [error, setError] = useState<string | null>(null);
  const [loading, setLoading] = useState(false);
  const latest = useRef(0);

  const load = useCallback(async (query: string) => {
    const turn = ++latest.current;
    setLoading(true);
    try {
      const response = await fetch(\`/api/${path}?q=\${encodeURIComponent(query)}&page=\${page}\`);
      if (!response.ok) throw new Error(\`The server answered \${response.status}.\`);
      const body = (await response.json()) as { data: ${pascal}Row[] };
      if (turn === latest.current) set${pascal}s(body.data);
    } catch (cause) {
      if (turn === latest.current) setError(cause instanceof Error ? cause.message : 'Something went wrong.');
    } finally {
      if (turn === latest.current) setLoading(false);
    }
  }, [page]);

  useEffect(() => {
    void load('');
    return () => {
      latest.current += 1;
    };
  }, [load]);

  const visible = useMemo(() => ${camel}s.slice(page * pageSize, limit((page + 1) * pageSize)), [${camel}s, page, pageSize]);
  const remove = useCallback((id: string) => set${pascal}s((rows) => rows.filter((row) => row.id !== id)), []);
  return { ${camel}s: visible, error, loading, page, setPage, load, remove, ${camel}Count: ${camel}s.length };
}
`;
}

/** lib/format/util-N.test.ts */
export function testFile(nth: number, random: Random): string {
  const cases = Array.from({ length: 6 + random.below(8) }, (_, index) => {
    const value = random.below(500);
    return `  it('keeps ${value} within the limit (${index})', () => {
    const rows = [{ id: '${index}', values: [${value}, ${random.below(50)}] }, { id: '${index}b', values: [] }];
    expect(limit${nth}(${value})).toBeLessThanOrEqual(options${nth}.limit ?? 100);
    expect(rows.map((row) => row.values.length)).toEqual([2, 0]);
  });`;
  });
  return `import { describe, expect, it } from 'vitest';\nimport { limit${nth}, options${nth} } from './util-${nth}';\n\ndescribe('limit${nth}', () => {\n${cases.join('\n\n')}\n});\n`;
}

/** lib/schemas/NAME-N.ts */
export function schemaFile(nth: number, random: Random): string {
  const { camel, pascal } = entity(nth);
  const columns = Array.from({ length: 8 + random.below(10) }, (_, index) => {
    const name = `${field(random)}${index === 0 ? '' : upper(String(index))}`;
    return `  ${name}: ${random.pick(['z.string().min(1).max(200)', 'z.string().trim().optional()', 'z.coerce.number().int().nonnegative()', "z.enum(['open', 'closed', 'paused']).default('open')", 'z.string().datetime().nullable()', 'z.array(z.string()).max(20).default([])'])},`;
  });
  return `import { z } from 'zod';

/** What the form of a ${camel} may send. */
export const ${camel}Schema${nth} = z.object({
${columns.join('\n')}
});

export const ${camel}Query${nth} = z.object({
  q: z.string().trim().max(100).optional(),
  page: z.coerce.number().int().min(0).default(0),
  sort: z.enum(['createdAt', 'updatedAt']).default('createdAt'),
});

export type ${pascal}Input${nth} = z.infer<typeof ${camel}Schema${nth}>;
export type ${pascal}Query${nth} = z.infer<typeof ${camel}Query${nth}>;

export const ${camel}Defaults${nth}: Partial<${pascal}Input${nth}> = {};
export const ${camel}Labels${nth}: Readonly<Record<string, string>> = {
${columns.map((column) => `  ${(/\w+/.exec(column) ?? [''])[0]}: '${upper((/\w+/.exec(column) ?? [''])[0])} of the ${camel}',`).join('\n')}
};
`;
}
