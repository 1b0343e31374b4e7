import { isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument, visit } from 'yaml';
import type { Schema } from './config-schema.ts';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/** A config is a page of text; a larger one is a mistake or an attack. */
const maxCharacters = 256 * 1024;

/**
 * Reads YAML as plain data and checks it against the schema; `name` is the file as the user knows it. Throws `UsageError`
 * with line and column. Nothing is executed: tags, anchors and aliases are refused (they make code and "billion laughs" possible).
 */
export function readYaml(text: string, schema: Schema, name: string): unknown {
  if (text.length > maxCharacters)
    throw new UsageError(`${name} is larger than ${maxCharacters / 1024} KB.`, 'A config of this tool is a page of text.');
  const lines = new LineCounter();
  const at = (node: { range?: readonly number[] | null | undefined } | null | undefined): string => {
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
    return `${name}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const document = parse(text, lines, name);
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new UsageError(`${name}:${line}:${col}: this is no valid YAML: ${problem.message.split(/ at line |\n/, 1)[0]}`);
  }
  visit(document, {
    Alias: (_, node) => refuse(`${at(node)}: aliases (*name) are not read.`),
    Node: (_, node) => {
      if (node.anchor !== undefined) refuse(`${at(node)}: anchors (&name) are not read.`);
      if (node.tag?.startsWith('!')) refuse(`${at(node)}: tags (${node.tag}) are not read: this file is data and cannot run anything.`);
    },
  });
  if (document.contents === null) return {};
  check(document.contents, schema, '', at);
  return document.toJS({ maxAliasCount: 0 });
}

function parse(text: string, lineCounter: LineCounter, name: string): ReturnType<typeof parseDocument<ParsedNode>> {
  try {
    return parseDocument<ParsedNode>(text, { lineCounter, schema: 'core', merge: false, uniqueKeys: true });
  } catch (error) {
    // Thousands of nested brackets exhaust the parser's stack.
    if (error instanceof RangeError) throw new UsageError(`${name} is nested too deeply to be read.`);
    throw error;
  }
}

function refuse(message: string): never {
  throw new UsageError(message);
}

type Locate = (node: Node | null | undefined) => string;

function check(node: Node | null, schema: Schema, path: string, at: Locate): void {
  const wrong = (expected: string): never => refuse(`${at(node)}: ${path || 'the file'} must be ${expected}.`);
  if (schema.type === 'object') return checkObject(node, schema, path, at);
  if (schema.type === 'array') {
    if (!isSeq<Node>(node)) return wrong('a list');
    const { maxItems = Infinity } = schema;
    if (node.items.length > maxItems) wrong(`a list of ${maxItems} at most: it has ${node.items.length}`);
    node.items.forEach((item, index) => check(item, schema.items, `${path}[${index + 1}]`, at));
    return;
  }
  const value: unknown = isScalar(node) ? node.value : undefined;
  if (schema.type === 'boolean') return typeof value === 'boolean' ? undefined : wrong('true or false');
  if (schema.type === 'string') return checkText(value, schema, wrong);
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (typeof value !== 'number' || !(value >= minimum && value <= maximum) || (schema.type === 'integer' && !Number.isInteger(value)))
    wrong(`a ${schema.type === 'integer' ? 'whole ' : ''}number from ${minimum} to ${maximum}`);
}

function checkObject(node: Node | null, schema: Schema & { type: 'object' }, path: string, at: Locate): void {
  const keys = Object.keys(schema.properties);
  if (!isMap<Node, Node>(node)) {
    const needed = schema.required ?? [];
    const must =
      needed.length > 0
        ? `must have ${needed.length === 1 ? 'the key' : 'the keys'} ${needed.join(' and ')} below it`
        : 'must have keys below it';
    const others = keys.filter((key) => !needed.includes(key));
    throw new UsageError(
      `${at(node)}: ${path || 'the file'} ${path === '' ? must.replace(' below it', '') : must}.`,
      others.length === 0
        ? undefined
        : `It may have ${others.join(', ')}${path === '' ? '.' : '; where it is to hold nothing, leave it out.'}`,
    );
  }
  const seen = new Set<string>();
  for (const pair of node.items) {
    const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
    const property = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (!property)
      throw new UsageError(
        `${at(pair.key)}: ${path ? `${path} has` : 'there is'} no setting ${key}.`,
        didYouMean(key, keys) ?? `Known: ${keys.join(', ')}.`,
      );
    seen.add(key);
    check(pair.value, property, path ? `${path}.${key}` : key, at);
  }
  const missing = schema.required?.filter((key) => !seen.has(key)) ?? [];
  if (missing.length > 0) refuse(`${at(node)}: ${path} lacks ${missing.join(' and ')}.`);
}

function checkText(value: unknown, schema: Schema & { type: 'string' }, wrong: (expected: string) => never): void {
  if (typeof value !== 'string' || value.length < (schema.minLength ?? 0)) wrong('a text');
  else if (schema.enum && !schema.enum.includes(value)) wrong(`one of ${schema.enum.join(', ')}`);
  else if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value))
    wrong(schema.description?.replace(/\.$/, '').replace(/^[A-Z](?=[a-z]* )/, (first) => first.toLowerCase()) ?? `like ${schema.pattern}`);
}
