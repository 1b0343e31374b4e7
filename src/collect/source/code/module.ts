import type { Class, Expression, Function as FunctionNode, ImportDeclarationSpecifier, Node, Program, Statement } from 'oxc-parser';
import type { Place } from '../../../core/finding.ts';

/** A name that a module takes from another: `name` is the exported one, `default` or `*`. */
export interface ImportBinding {
  readonly source: string;
  readonly name: string;
}

/** What a module exports under a name: a local binding, an expression, or something of another module. */
export type ExportBinding =
  | { readonly kind: 'local'; readonly name: string }
  | { readonly kind: 'expression'; readonly node: Expression | FunctionNode | Class }
  | { readonly kind: 'from'; readonly source: string; readonly name: string };

/** A parsed JavaScript or TypeScript file with its names resolved to where they come from. */
export interface Module {
  readonly path: string;
  readonly text: string;
  readonly program: Program;
  readonly imports: ReadonlyMap<string, ImportBinding>;
  readonly exports: ReadonlyMap<string, ExportBinding>;
  /** Sources of `export * from`. */
  readonly exportAll: readonly string[];
  /** Top-level statement that declares a name. */
  readonly declarations: ReadonlyMap<string, Statement>;
  /** Top-level directives: `use client`, `use server`. */
  readonly directives: ReadonlySet<string>;
  placeOf(node: { readonly start: number }): Place;
  /** Source text of a node on one line, at most `limit` characters. */
  snippet(node: { readonly start: number; readonly end: number }, limit?: number): string;
}

/** Indexes a parsed program. */
export function createModule(path: string, text: string, program: Program): Module {
  const imports = new Map<string, ImportBinding>();
  const exports = new Map<string, ExportBinding>();
  const exportAll: string[] = [];
  const declarations = new Map<string, Statement>();
  const directives = new Set<string>();
  for (const statement of program.body) {
    if (
      statement.type === 'ExpressionStatement' &&
      statement.expression.type === 'Literal' &&
      typeof statement.expression.value === 'string'
    )
      directives.add(statement.expression.value);
    index(statement, { imports, exports, exportAll, declarations });
  }
  const lines = lineStarts(text);
  return {
    path,
    text,
    program,
    imports,
    exports,
    exportAll,
    declarations,
    directives,
    placeOf: (node) => ({ file: path, line: lineAt(lines, node.start) }),
    snippet: (node, limit = 160) => {
      const source = text.slice(node.start, Math.min(node.end, node.start + limit * 3)).replace(/\s+/g, ' ');
      return source.length > limit ? `${source.slice(0, limit - 1)}…` : source;
    },
  };
}

interface Names {
  imports: Map<string, ImportBinding>;
  exports: Map<string, ExportBinding>;
  exportAll: string[];
  declarations: Map<string, Statement>;
}

function index(statement: Program['body'][number], names: Names): void {
  switch (statement.type) {
    case 'ImportDeclaration':
      for (const specifier of statement.specifiers)
        names.imports.set(specifier.local.name, { source: statement.source.value, name: importedName(specifier) });
      return;
    case 'ExportNamedDeclaration':
      if (statement.declaration) {
        declare(statement.declaration as Statement, names, true);
        return;
      }
      for (const specifier of statement.specifiers) {
        const exported = nameOf(specifier.exported);
        const local = nameOf(specifier.local);
        if (statement.source) names.exports.set(exported, { kind: 'from', source: statement.source.value, name: local });
        else names.exports.set(exported, { kind: 'local', name: local });
      }
      return;
    case 'ExportDefaultDeclaration': {
      const { declaration } = statement;
      if ((declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') && declaration.id) {
        declare(declaration as Statement, names, false);
        names.exports.set('default', { kind: 'local', name: declaration.id.name });
      } else if (declaration.type === 'Identifier') names.exports.set('default', { kind: 'local', name: declaration.name });
      else if (declaration.type !== 'TSInterfaceDeclaration')
        names.exports.set('default', { kind: 'expression', node: declaration as Expression });
      return;
    }
    case 'ExportAllDeclaration':
      if (statement.exported) names.exports.set(nameOf(statement.exported), { kind: 'from', source: statement.source.value, name: '*' });
      else names.exportAll.push(statement.source.value);
      return;
    default:
      declare(statement as Statement, names, false);
  }
}

function declare(statement: Statement, names: Names, exported: boolean): void {
  for (const name of declaredNames(statement)) {
    names.declarations.set(name, statement);
    if (exported) names.exports.set(name, { kind: 'local', name });
  }
}

function declaredNames(statement: Statement): string[] {
  if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') return statement.id ? [statement.id.name] : [];
  if (statement.type === 'TSEnumDeclaration') return [statement.id.name];
  if (statement.type !== 'VariableDeclaration') return [];
  return statement.declarations.flatMap((declaration) => patternNames(declaration.id));
}

/** All names a binding pattern introduces. */
export function patternNames(pattern: Node): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) => patternNames(property.type === 'RestElement' ? property.argument : property.value));
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? patternNames(element) : []));
    case 'AssignmentPattern':
      return patternNames(pattern.left);
    case 'RestElement':
      return patternNames(pattern.argument);
    default:
      return [];
  }
}

const importedName = (specifier: ImportDeclarationSpecifier): string => {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  if (specifier.type === 'ImportNamespaceSpecifier') return '*';
  return nameOf(specifier.imported);
};

const nameOf = (node: { readonly type: string; readonly name?: string; readonly value?: unknown }): string =>
  node.name ?? String(node.value);

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
