import { defineCollector } from '../../../core/collector.ts';
import { clientAccess, type ClientSurface } from '../../../evidence/routes.ts';
import { type Codebase, sourceCode } from '../code/codebase.ts';
import { mayAccess } from './calls.ts';
import { closure, readImports } from './imports.ts';
import { createProgram, type Program } from './program.ts';
import { beginnings, layoutsAround, staysOnServer } from './roots.ts';
import { readSurface, type Root } from './surface.ts';

const isTemplate = (path: string): boolean => /\.(?:vue|svelte)$/.test(path);
const asksRole = /[rR]ole|[pP]ermission|Admin|Owner|Staff|Manager/;
const showsGiven = /\b(?:children|Outlet|component|element)\b/;
const view = /<form\b[^>]*\bmethod\s*=|\bhx-(?:post|put|patch|delete)\s*=/i;

/** What browser code and pages ask for, and what of it is hidden by role. */
export function readClient(code: Codebase): ClientSurface {
  const text = (path: string): string => code.text(path) ?? '';
  const templates = code.tree.files.filter(({ path, ignored, built }) => isTemplate(path) && !ignored && !built).map(({ path }) => path);
  const { roots, browser } = beginnings(code);
  const views = code.product.filter((path) => !/\.[jt]sx$/.test(path) && view.test(text(path)));
  if (roots.length + views.length === 0) return { accesses: [], roleGates: [], gaps: [] };
  const { imports, importers } = readImports(code, [...code.product, ...templates]);
  const sent = closure(browser, imports, (path) => !staysOnServer(path, text(path)));
  const shown = closure(roots, imports);
  // Pages that a server renders begin where its routes use them.
  const serving = new Set([...closure(views, importers)].filter((path) => !shown.has(path)));
  const leading = closure(
    [...shown, ...serving].filter((path) => mayAccess.test(text(path))),
    importers,
  );
  const mayGuard = (path: string): boolean => asksRole.test(text(path)) && showsGiven.test(text(path));
  const program = createProgram(code, (path) => leading.has(path) || mayGuard(path));
  const begin = [
    ...roots.filter((path) => leading.has(path)).flatMap((path) => rootsOf(code, program, path)),
    ...[...serving].filter((path) => leading.has(path)).map((path) => ({ path, unit: '' })),
  ];
  return readSurface(program, begin, (path) => sent.has(path));
}

// What frameworks take out of a page by name; and folders whose names need no import (Nuxt).
const loaded = /^(?:default|Layout|ErrorBoundary|HydrateFallback|clientLoader|clientAction)$/;
const autoImported = /(?:^|\/)(?:composables|stores|utils|plugins|middleware)\//;

function rootsOf(code: Codebase, program: Program, path: string): Root[] {
  const facts = program.facts(path);
  if (!facts) return [];
  const within = layoutsAround(code, path);
  const named = [...facts.exports.keys()].filter((name) => loaded.test(name) || autoImported.test(path));
  const spots = isTemplate(path)
    ? [...facts.units.keys()].map((unit) => ({ path, unit }))
    : named.flatMap((name) => program.spots(path, { source: `/${path}`, name }));
  return [{ path, unit: '' }, ...spots].map((spot) => ({ ...spot, ...(within && { within }) }));
}

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
