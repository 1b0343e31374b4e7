import type { Program } from 'oxc-parser';

/** Exports that the framework takes out of the browser's copy of a page, with everything only they use. */
const serverExports =
  /^(?:getServerSideProps|getStaticProps|getStaticPaths|getInitialProps|loader|action|headers|middleware|unstable_middleware|config|load)$/;

/** True when a file may hold such exports at all; saves parsing the others. */
export const mayHaveServerParts = (path: string, text: string): boolean =>
  /(?:^|\/)(?:pages|routes|app)\/|root\.[jt]sx?$/.test(path) &&
  /\bexport\s+(?:async\s+)?(?:const|function)\s+(?:getS|loader|action|headers|middleware)|createServerFn/.test(text);

/** Character ranges of a page that never reach the browser. */
export function serverParts(program: Program): { start: number; end: number }[] {
  const parts: { start: number; end: number }[] = [];
  for (const statement of program.body) {
    if (statement.type !== 'ExportNamedDeclaration' || !statement.declaration) continue;
    const { declaration } = statement;
    const names =
      declaration.type === 'VariableDeclaration'
        ? declaration.declarations.map((item) => (item.id.type === 'Identifier' ? item.id.name : ''))
        : declaration.type === 'FunctionDeclaration'
          ? [declaration.id?.name ?? '']
          : [];
    if (names.some((name) => serverExports.test(name))) parts.push({ start: statement.start, end: statement.end });
  }
  return parts;
}

/** The text with some ranges blanked, line breaks kept. */
export function blank(text: string, parts: readonly { start: number; end: number }[]): string {
  let result = '';
  let at = 0;
  for (const { start, end } of parts) {
    result += text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, ' ');
    at = end;
  }
  return result + text.slice(at);
}
