import { record } from '../surface/schema.ts';
import type { Body } from '../wire/body.ts';
import { contentOf } from '../wire/content.ts';
import type { Answer } from '../wire/sender.ts';
import { keyName } from './seen.ts';
import { valueFor, type ValueSource } from './values.ts';

/** Says that a field must not be there. */
const tooMuch =
  /permission|not allowed|unknown|unexpected|unrecogni[sz]ed|additional|extra|forbidden|does(?: not|n't) exist|do not exist|should not|not permitted|invalid (?:field|column)/i;
/** Says that a field is not there. */
const tooLittle = /requir|missing|must (?:be|not be|have)|blank|empty|cannot be null|not null|undefined|expected|is invalid/i;
const isName = /^[A-Za-z_][\w-]{0,40}$/;
/** Words of errors that are no names of fields. */
const noName =
  /^(?:errors?|message|msg|details?|code|status|type|path|field|param|loc(?:ation)?|body|value|reason|extensions|kind|root|json|string|number|object|data|fields?|null|undefined|true|false)$/i;

/**
 * A body changed by what the app says is wrong with it: without the fields it does not take, with those it misses. `undefined` where its answer names none.
 * Validators name a field as a key, in a list that is its path, or in quotation marks.
 */
export function repaired(body: Body, { status, text }: Pick<Answer, 'status' | 'text'>, source: ValueSource): Body | undefined {
  if (body.type !== 'json' || ![400, 403, 409, 422, 500].includes(status)) return undefined;
  const { json } = contentOf(text);
  if (json === undefined) return undefined;
  const sent = record(body.value);
  const value = { ...sent };
  for (const { names, said } of complaints(json))
    for (const name of names) {
      const has = Object.keys(sent).find((key) => key === name);
      if (has !== undefined && tooMuch.test(said)) delete value[has];
      else if (has === undefined && tooLittle.test(said)) value[name] = valueFor(name, typeSaid(said), source);
      else if (has !== undefined && wrongType.test(said)) value[has] = valueFor(name, typeSaid(said), source);
    }
  return JSON.stringify(value) === JSON.stringify(sent) ? undefined : { type: 'json', value };
}

const wrongType =
  /must be (?:an? )?(?:integer|number|boolean|array|object|date|email|url|uuid)|expected (?:integer|number|boolean|array|object|date)|valid (?:integer|number|boolean|list|date|email|uuid)/i;

function typeSaid(said: string): { type?: string; format?: string } {
  if (/integer|\bint\b/i.test(said)) return { type: 'integer' };
  if (/number|decimal|numeric|float/i.test(said)) return { type: 'number' };
  if (/boolean/i.test(said)) return { type: 'boolean' };
  if (/array|\blist\b/i.test(said)) return { type: 'array' };
  if (/object|dictionary/i.test(said)) return { type: 'object' };
  if (/uuid/i.test(said)) return { type: 'string', format: 'uuid' };
  if (/date-?time|iso ?8601/i.test(said)) return { type: 'string', format: 'date-time' };
  if (/\bdate\b/i.test(said)) return { type: 'string', format: 'date' };
  return { type: 'string' };
}

interface Complaint {
  readonly names: readonly string[];
  readonly said: string;
}

function complaints(json: unknown): Complaint[] {
  const found: Complaint[] = [];
  const add = (names: readonly string[], said: string): void => {
    const good = [...new Set(names)].filter((name) => isName.test(name) && !noName.test(keyName(name)));
    if (good.length > 0) found.push({ names: good, said });
  };
  const walk = (value: unknown, key: string, depth: number): void => {
    if (depth > 6) return;
    if (typeof value === 'string') {
      add(
        [...value.matchAll(/["'`“]([A-Za-z_][\w]{0,40})["'`”]/g)].map(([, name = '']) => name),
        value,
      );
      // { "errors": { "title": "is required" } }
      if (tooLittle.test(value) || tooMuch.test(value))
        add([key, ...(/^([A-Za-z_]\w*) (?:is|are|must|should|cannot)/.exec(value)?.slice(1) ?? [])], value);
    } else if (Array.isArray(value)) for (const one of value.slice(0, 30)) walk(one, key, depth + 1);
    else if (value !== null && typeof value === 'object') {
      const fields = record(value);
      const said = Object.values(fields)
        .filter((one) => typeof one === 'string')
        .join(' ');
      const path = [fields['path'], fields['loc'], fields['field'], fields['param'], fields['property']].flatMap((one) =>
        Array.isArray(one) ? one.slice(-1) : [one],
      );
      add(
        path.filter((one) => typeof one === 'string').map((one) => one.split('.').at(-1) ?? ''),
        said,
      );
      for (const [name, one] of Object.entries(fields)) walk(one, name, depth + 1);
    }
  };
  walk(json, '', 0);
  return found.slice(0, 30);
}
