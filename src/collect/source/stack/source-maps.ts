import type { SourceMapSetting } from '../../../evidence/source.ts';
import type { Tree } from '../tree.ts';

interface Setting {
  readonly tool: string;
  readonly path: RegExp;
  /** Finds the switch; its first group is the value. */
  readonly text: RegExp;
}

const settings: readonly Setting[] = [
  { tool: 'Next.js', path: /(^|\/)next\.config\.[cm]?[jt]s$/, text: /productionBrowserSourceMaps\s*:\s*(true|false)/ },
  // `hidden` writes maps without naming them in the scripts, for error trackers.
  {
    tool: 'Vite',
    path: /(^|\/)vite\.config\.[cm]?[jt]s$/,
    text: /\bbuild\s*:\s*\{[^}]*\bsourcemap\s*:\s*(true|false|['"](?:hidden|inline)['"])/,
  },
  { tool: 'Create React App', path: /(^|\/)\.env(?:\.production)?$/, text: /^GENERATE_SOURCEMAP\s*=\s*(true|false)/m },
  { tool: 'Nuxt', path: /(^|\/)nuxt\.config\.[jt]s$/, text: /sourcemap\s*:\s*(?:\{[^}]*client\s*:\s*)?(true|false)/ },
  { tool: 'Angular', path: /(^|\/)angular\.json$/, text: /"production"\s*:\s*\{[^}]*"sourceMap"\s*:\s*(true|false)/ },
];

const comment = /\/\*[\s\S]*?\*\/|(^|[^:'"])\/\/[^\n]*/g;

/** Settings that decide whether the production build shows the source code. */
export function findSourceMaps(tree: Tree): SourceMapSetting[] {
  const found: SourceMapSetting[] = [];
  for (const { path, built, ignored } of tree.files) {
    if (built || ignored) continue;
    for (const setting of settings) {
      if (!setting.path.test(path)) continue;
      const text = tree.text(path, 2 ** 20) ?? '';
      // Comments are blanked, not cut, so that the line stays right.
      const match = setting.text.exec(
        path.endsWith('.json') || path.includes('.env') ? text : text.replace(comment, (whole) => whole.replace(/[^\n]/g, ' ')),
      );
      if (!match?.[1]) continue;
      const line = text.slice(0, match.index + match[0].length).split('\n').length;
      found.push({ tool: setting.tool, place: { file: path, line }, on: match[1] !== 'false' && !match[1].includes('hidden') });
    }
  }
  return found;
}
