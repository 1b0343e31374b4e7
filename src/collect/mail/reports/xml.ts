/** An element with its children in order; names without their prefix. */
export interface XmlElement {
  readonly name: string;
  readonly children: XmlElement[];
  /** Text directly in it, trimmed. */
  text: string;
}

/** What is no XML that is read here. The message says why, in words. */
export class XmlFault extends Error {}

/** `elements`: those that are kept at the same time. */
const limits = { depth: 24, elements: 400_000, text: 8_192 };

/** Children of the root that there are many of: each is given away as it ends, and not kept. */
export interface XmlRows {
  readonly name: string;
  readonly take: (element: XmlElement) => void;
}
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads the part of XML that reports are written in. Nothing in it can make it grow: a document type, which could declare entities, is refused, and so is
 * what is nested too deeply. Throws `XmlFault`.
 */
export function readXml(source: string, rows?: XmlRows): XmlElement {
  const document: XmlElement = { name: '', children: [], text: '' };
  const open: XmlElement[] = [document];
  let elements = 0;
  // Elements that were kept when the child of the root began that is open now.
  let before = 0;
  let at = 0;
  const skipTo = (mark: string, from: number): number => {
    const end = source.indexOf(mark, from);
    if (end < 0) throw new XmlFault('it is cut off');
    return end + mark.length;
  };
  const add = (text: string): void => {
    const into = open.at(-1)!;
    if (into.text.length < limits.text) into.text = (into.text + text).slice(0, limits.text);
  };
  while (at < source.length) {
    const next = source.indexOf('<', at);
    if (next !== at) {
      add(decoded(source.slice(at, next < 0 ? source.length : next)));
      if (next < 0) break;
    }
    if (source.startsWith('<!--', next)) at = skipTo('-->', next);
    else if (source.startsWith('<![CDATA[', next)) {
      at = skipTo(']]>', next);
      add(source.slice(next + 9, at - 3));
    } else if (source.startsWith('<?', next)) at = skipTo('?>', next);
    else if (source.startsWith('<!', next)) throw new XmlFault('it has a document type, which no report needs');
    else {
      at = skipTo('>', next);
      const tag = source.slice(next + 1, at - 1);
      const name = /^\/?\s*(?:[\w.-]+:)?([\w.-]+)/.exec(tag)?.[1];
      if (name === undefined) throw new XmlFault('it is no XML');
      if (tag.startsWith('/')) {
        const closed = open.pop();
        if (open.length === 0 || closed?.name !== name) throw new XmlFault(`</${name}> closes nothing`);
        closed.text = closed.text.trim();
        if (open.length === 2 && name === rows?.name) {
          rows.take(closed);
          open[1]!.children.pop();
          elements = before;
        }
        continue;
      }
      if (open.length === 2) before = elements;
      elements += 1;
      if (elements > limits.elements) throw new XmlFault(`it has more than ${limits.elements} elements`);
      const element: XmlElement = { name, children: [], text: '' };
      open.at(-1)!.children.push(element);
      if (!tag.endsWith('/')) open.push(element);
      if (open.length > limits.depth) throw new XmlFault('it is nested too deeply');
    }
  }
  if (open.length > 1) throw new XmlFault('it is cut off');
  const [root] = document.children;
  if (!root || document.children.length > 1) throw new XmlFault('it is no XML');
  return root;
}

const decoded = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{1,16}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined) return entities[name] ?? whole;
        const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
        return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
      })
    : text;

export const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((one) => one.name === name);
export const childText = (element: XmlElement | undefined, name: string): string => child(element, name)?.text ?? '';
export const childrenOf = (element: XmlElement | undefined, name: string): XmlElement[] =>
  element?.children.filter((one) => one.name === name) ?? [];
