import type { SyntaxNode } from '@lezer/common';

/** A node of Python's syntax tree; ends before its next sibling. */
export type Node = SyntaxNode;

/** The children of a node, comments left out. */
export function childrenOf(node: Node): Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.name !== 'Comment') found.push(child);
  return found;
}

const brackets = new Set(['(', ')', '[', ']', '{', '}', ':']);

/** The children between commas: `(a, *b, c=1)` → `[[a], [*, b], [c, =, 1]]`. */
export function listed(nodes: readonly Node[]): Node[][] {
  const groups: Node[][] = [[]];
  for (const node of nodes) {
    if (node.name === ',') groups.push([]);
    else if (!brackets.has(node.name)) groups.at(-1)?.push(node);
  }
  return groups.filter((group) => group.length > 0);
}

/** One argument of a call: `x`, `name=x`, `*x` or `**x`. */
export interface Argument {
  readonly name?: string;
  readonly spread?: '*' | '**';
  readonly node: Node;
}

/** The arguments of a call, a decorator or the bases of a class; none where nothing is in brackets. */
export function argumentsOf(list: Node | null, text: string): Argument[] {
  if (!list) return [];
  return listed(childrenOf(list)).flatMap((group): Argument[] => {
    const [first, second, third] = group;
    if (!first) return [];
    if ((first.name === '*' || first.name === '**') && second) return [{ spread: first.name, node: second }];
    if (second?.name === 'AssignOp' && third) return [{ name: text.slice(first.from, first.to), node: third }];
    return [{ node: first }];
  });
}

/** A parameter of a function. */
export interface Parameter {
  readonly name: string;
  readonly spread?: '*' | '**';
  readonly type?: Node;
  readonly standard?: Node;
}

/** The parameters of a function; the stars that only separate are left out. */
export function parametersOf(definition: Node, text: string): Parameter[] {
  const list = definition.getChild('ParamList');
  if (!list) return [];
  return listed(childrenOf(list)).flatMap((group): Parameter[] => {
    const spread = group[0]?.name === '*' || group[0]?.name === '**' ? group[0].name : undefined;
    const [named, ...rest] = spread ? group.slice(1) : group;
    if (named?.name !== 'VariableName') return [];
    const typed = rest.find(({ name }) => name === 'TypeDef');
    const at = rest.findIndex(({ name }) => name === 'AssignOp');
    const type = typed && childrenOf(typed).find(({ name }) => name !== ':');
    return [
      {
        name: text.slice(named.from, named.to),
        ...(spread && { spread }),
        ...(type && { type }),
        ...(at !== -1 && rest[at + 1] && { standard: rest[at + 1]! }),
      },
    ];
  });
}

/** What stands in a string literal; escapes but for the usual ones stay as they are written. */
export function stringOf(source: string): string {
  const [, prefix = '', quote = '', body = ''] = /^([a-zA-Z]*)('''|"""|'|")([\s\S]*?)\2$/.exec(source) ?? [];
  if (quote === '') return '';
  return /r/i.test(prefix)
    ? body
    : body
        .replace(/\\(?:\n|(['"\\]))/g, '$1')
        .replaceAll('\\n', '\n')
        .replaceAll('\\t', '\t');
}
