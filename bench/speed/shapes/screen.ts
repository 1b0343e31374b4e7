import type { Random } from '../random.ts';
import { entity, field, upper } from './names.ts';

/** components/NAME-N.tsx */
export function componentFile(nth: number, random: Random): string {
  const { camel, pascal } = entity(nth);
  const uses = nth > 6 ? [...new Set([nth - 1 - random.below(5), random.below(nth - 5)])] : [];
  const columns = Array.from({ length: 3 + random.below(5) }, () => field(random));
  const rows = [...new Set(columns)];
  return `'use client';
import { useState } from 'react';
import { use${entity(Math.floor(nth / 5)).pascal}s${Math.floor(nth / 5)} } from '@/hooks/use-${Math.floor(nth / 5)}';
${uses.map((other) => `import { ${entity(other).pascal}Panel${other} } from '@/components/panel-${other}';`).join('\n')}

interface ${pascal}Panel${nth}Props {
  title?: string;
  compact?: boolean;
  onSelect?: (id: string) => void;
  depth?: number;
}

const tones = { open: 'bg-green-50 text-green-700', closed: 'bg-gray-100 text-gray-600', paused: 'bg-amber-50 text-amber-700' } as const;

export function ${pascal}Panel${nth}({ title = '${upper(camel)}s', compact = false, onSelect, depth = 0 }: ${pascal}Panel${nth}Props) {
  const [query, setQuery] = useState('');
  const [selected, setSelected] = useState<string | null>(null);
  const list = use${entity(Math.floor(nth / 5)).pascal}s${Math.floor(nth / 5)}();

  function choose(id: string) {
    setSelected((current) => (current === id ? null : id));
    onSelect?.(id);
  }

  if (list.error) {
    return (
      <div role="alert" className="rounded-md border border-red-200 bg-red-50 p-4 text-sm text-red-800">
        <p className="font-medium">The ${camel}s could not be loaded.</p>
        <button type="button" className="mt-2 underline" onClick={() => void list.load(query)}>
          Try again
        </button>
      </div>
    );
  }

  return (
    <section aria-label={title} className={compact ? 'space-y-2' : 'space-y-6 rounded-lg border p-6'}>
      <header className="flex items-center justify-between gap-4">
        <h2 className="text-lg font-semibold tracking-tight">{title}</h2>
        <input
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && void list.load(query)}
          placeholder="Search ${camel}s"
          className="w-64 rounded-md border px-3 py-1.5 text-sm outline-none focus:ring-2"
        />
      </header>
      <table className="w-full text-left text-sm">
        <thead>
          <tr>
${rows.map((column) => `            <th scope="col" className="px-3 py-2 font-medium text-gray-500">${upper(column)}</th>`).join('\n')}
          </tr>
        </thead>
        <tbody>
          {list.${entity(Math.floor(nth / 5)).camel}s.map((row) => (
            <tr key={row.id} onClick={() => choose(row.id)} className={row.id === selected ? 'bg-blue-50' : 'hover:bg-gray-50'}>
${rows.map((column) => `              <td className="px-3 py-2">{String((row as unknown as Record<string, unknown>)['${column}'] ?? '–')}</td>`).join('\n')}
            </tr>
          ))}
        </tbody>
      </table>
      <footer className="flex justify-end gap-2">
        <span className={tones.${random.pick(['open', 'closed', 'paused'])}}>{list.loading ? 'Loading…' : \`Page \${list.page + 1}\`}</span>
        <button type="button" disabled={list.page === 0} onClick={() => list.setPage(list.page - 1)}>
          Back
        </button>
        <button type="button" onClick={() => list.setPage(list.page + 1)}>
          Next
        </button>
      </footer>
${uses.map((other) => `      {depth < 2 && !compact && <${entity(other).pascal}Panel${other} compact depth={depth + 1} onSelect={choose} />}`).join('\n')}
    </section>
  );
}
`;
}

/** app/(portal)/NAME-N/page.tsx */
export function pageFile(nth: number, component: number): string {
  const { camel, pascal } = entity(nth);
  const shown = entity(component);
  // One action for three pages, as the mix has them.
  const action = Math.floor(nth / 3);
  const saved = entity(action);
  return `import { redirect } from 'next/navigation';
import { save${saved.pascal}${action} } from '@/app/actions/action-${action}';
import { ${shown.pascal}Panel${component} } from '@/components/panel-${component}';
import { requireMember } from '@/lib/auth/session';
import { list${pascal}s${nth} } from '@/lib/services/service-${nth}';

export const dynamic = 'force-dynamic';

export async function generateMetadata() {
  return { title: '${pascal}s · Portal', description: 'Everything about your ${camel}s in one place.' };
}

export default async function ${pascal}Page${nth}({ searchParams }: { searchParams: Promise<{ q?: string }> }) {
  const member = await requireMember();
  if (member.role === 'pending') redirect('/welcome');
  const { q } = await searchParams;
  const ${camel}s = await list${pascal}s${nth}({ organizationId: member.organizationId, q, page: 0, sort: 'createdAt' });
  return (
    <main className="mx-auto max-w-5xl space-y-8 p-8">
      <h1 className="text-2xl font-semibold">{${camel}s.length} ${camel}s</h1>
      <ul className="grid gap-2">
        {${camel}s.map((row) => (
          <li key={row.id} className="rounded border p-3">
            <a href={\`/${entity(nth).path}/\${row.id}\`}>{row.title}</a>
          </li>
        ))}
      </ul>
      <${shown.pascal}Panel${component} title="${pascal}s" />
      <form action={save${saved.pascal}${action}.bind(null, null)}>
        <input name="title" required maxLength={200} />
        <button type="submit">Add</button>
      </form>
    </main>
  );
}
`;
}
