import type { Codebase } from '../codebase.ts';

/** Structured documents of a repo by their path: API descriptions and deployment files, parsed. */
export type Documents = ReadonlyMap<string, unknown>;

/** Larger ones are not parsed: YAML of that size is generated, and costs seconds. */
const maxBytes = { json: 8 * 2 ** 20, yaml: 2 ** 20 };

const named =
  /(?:openapi|swagger|oas[23]?|api-?(?:docs?|spec|schema|reference|definition)|spec|schema|serverless|template|sam)[^/]*\.(?:json|ya?ml)$/i;
const placed = /(?:^|\/)(?:openapi|swagger|oas|api-?docs?|specs?|contracts?)\/[^/]+\.(?:json|ya?ml)$/i;
const telling = /["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]|AWS::Serverless|^\s*(?:service|provider)\s*:/m;

/** Reads the documents that may describe or deploy an API. What is too large or broken is told as a gap of the tree. */
export async function readDocuments(code: Codebase): Promise<Documents> {
  const documents = new Map<string, unknown>();
  for (const { path, bytes, ignored, built } of code.tree.files) {
    if (ignored || built || !(named.test(path) || placed.test(path))) continue;
    const kind = path.endsWith('.json') ? 'json' : 'yaml';
    if (bytes > maxBytes[kind]) {
      if (/openapi|swagger/i.test(path))
        code.tree.gap({ what: path, why: 'the API description is too large to read', place: { file: path } });
      continue;
    }
    const text = code.tree.text(path, maxBytes[kind]);
    if (text === undefined || !telling.test(text.slice(0, 20_000))) continue;
    const parsed = kind === 'json' ? fromJson(text) : await fromYaml(text);
    if (parsed === undefined) code.tree.gap({ what: path, why: 'cannot be parsed', place: { file: path } });
    else documents.set(path, parsed);
  }
  return documents;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

// Loaded late: few repos have such a file.
async function fromYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text, { logLevel: 'silent', maxAliasCount: 1000 });
  } catch {
    return undefined;
  }
}

/** A field of a document, when it is an object. */
export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** A field of a document, when it is a list. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
