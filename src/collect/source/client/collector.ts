import { defineCollector } from '../../../core/collector.ts';
import { clientAccess, type ClientSurface } from '../../../evidence/routes.ts';
import { type Codebase, sourceCode } from '../code/codebase.ts';
import { mayAccess } from './calls.ts';
import { closure, readImports } from './imports.ts';
import { createProgram } from './program.ts';
import { beginnings, layoutsAround } from './roots.ts';
import { readSurface, type Root } from './surface.ts';

const isSource = /\.(?:[cm]?[jt]sx?|vue|svelte)$/;
// A component that takes something to show, and asks for a role.
const mayGuard =
  /\b(?:children|Outlet|component|element)\b[\s\S]*(?:[rR]ole|[pP]ermission|Admin|Owner|Staff|Manager)|(?:[rR]ole|[pP]ermission|Admin|Owner|Staff|Manager)[\s\S]*\b(?:children|Outlet|component|element)\b/;
const serverPart =
  /^(?:getServerSideProps|getStaticProps|getStaticPaths|loader|action|headers|middleware|generateMetadata|generateStaticParams|load)$/;
const view = /<form\b[^>]*\bmethod\s*=|\bhx-(?:post|put|patch|delete)\s*=/i;

/** What browser code and pages ask for, and what of it is hidden by role. */
export function readClient(code: Codebase): ClientSurface {
  const files = [...code.product, ...code.tree.files.map(({ path }) => path).filter((path) => /\.(?:vue|svelte)$/.test(path))];
  const { roots, browser } = beginnings(code);
  const views = code.product.filter((path) => !/\.[jt]sx$/.test(path) && view.test(code.text(path) ?? ''));
  if (roots.length + views.length === 0) return { accesses: [], roleGates: [], gaps: [] };
  const { imports, importers } = readImports(code, files);
  const sent = closure(browser, imports, (path) => isSource.test(path) && !staysOnServer(code, path));
  const shown = closure(roots, imports, (path) => isSource.test(path));
  // Pages rendered on a server begin where its routes use them.
  const serving = new Set([...closure(views, importers)].filter((path) => !shown.has(path)));
  const asking = [...shown, ...serving].filter((path) => mayAccess.test(code.text(path) ?? ''));
  const leading = closure(asking, importers);
  const program = createProgram(code, (path) => leading.has(path) || mayGuard.test(code.text(path) ?? ''));
  const begin = [...roots, ...serving].flatMap((path): Root[] => {
    const facts = leading.has(path) ? program.facts(path) : undefined;
    if (!facts) return [];
    if (serving.has(path)) return [{ path, unit: '' }];
    const within = layoutsAround(code, path);
    const units = [
      '',
      ...[...facts.exports.keys()]
        .filter((name) => !serverPart.test(name))
        .flatMap((name) => program.spots(path, { source: `/${path}`, name }).map(({ unit }) => unit)),
    ];
    const own = /\.(?:vue|svelte)$/.test(path) ? [...facts.units.keys()] : units;
    return [...new Set(own)].map((unit) => ({ path, unit, ...(within && { within }) }));
  });
  return readSurface(program, begin, (path) => sent.has(path));
}

const staysOnServer = (code: Codebase, path: string): boolean =>
  /\.server\.[cm]?[jt]sx?$|(?:^|\/)(?:lib\/server|api)\/|\+(?:page|layout)\.server\.|\+server\./.test(path) ||
  /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*["']use server["']|^import\s+["']server-only["']/m.test((code.text(path) ?? '').slice(0, 2000));

/** Reads the front end; runs nothing of it. */
export const clientAccessCollector = defineCollector({
  provides: clientAccess,
  wants: 'repo',
  needs: { code: sourceCode },
  effects: 'none',
  timeoutMs: 120_000,
  collect({ code }, { progress }) {
    progress('reading what the browser reaches');
    return Promise.resolve(readClient(code));
  },
});
