import { isIPv4, isIPv6 } from 'node:net';
import { pageActionShape, pageRuleShape, patchShape, recordShape, ruleShape, settingShapes, type Shape } from './fixture-schemas.ts';

const isWhole = (value: unknown, from: number, to: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to;
const isText = (value: unknown, pattern: RegExp): boolean => typeof value === 'string' && pattern.test(value);

/** Kinds of values that have a name. */
const kinds: Readonly<Record<string, (value: unknown) => boolean>> = {
  any: () => true,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  ipv4: (value) => typeof value === 'string' && isIPv4(value),
  ipv6: (value) => typeof value === 'string' && isIPv6(value),
  name: (value) => isText(value, /^(?:@|\*|(?=.{1,255}$)(?:\*\.)?[\w-]{1,63}(?:\.[\w-]{1,63})*)$/),
  host: (value) => isText(value, /^(?=.{1,255}$)[\w-]{1,63}(?:\.[\w-]{1,63})*\.?$/),
  ttl: (value) => value === 1 || isWhole(value, 60, 86_400),
  text: (value) => value === null || (typeof value === 'string' && value.length <= 500),
  txt: (value) => typeof value === 'string' && value.length > 0 && value.length <= 4096,
  port: (value) => isWhole(value, 0, 65_535),
  byte: (value) => isWhole(value, 0, 255),
};

/** What is wrong with a value, with the way to it; nothing where it is right. */
export function wrongWith(value: unknown, shape: Shape, path = ''): string | undefined {
  if (typeof shape === 'string') {
    const kind = kinds[shape];
    const isRight = kind ? kind(value) : ['string', 'number'].includes(typeof value) && shape.split('|').includes(String(value));
    return isRight ? undefined : `${path}: must be ${shape}`;
  }
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return `${path}: must be a list`;
    for (const [nth, one] of value.entries()) {
      const wrong = wrongWith(one, (shape as readonly [Shape])[0], `${path}[${nth}]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${path}: must be an object`;
  const fields = new Map(Object.entries(shape).map(([name, one]) => [name.replace(/!$/, ''), one as Shape]));
  const missing = Object.keys(shape).find((name) => name.endsWith('!') && !(name.slice(0, -1) in value));
  if (missing !== undefined) return `${path}.${missing.slice(0, -1)}: is required`;
  for (const [name, one] of Object.entries(value)) {
    const field = fields.get(name);
    const wrong = field === undefined ? `${path}.${name}: is not known` : wrongWith(one, field, `${path}.${name}`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

const typeOf = (value: unknown, field: string): string => String((value as Record<string, unknown> | null)?.[field]);

export const wrongRecord = (value: unknown): string | undefined => {
  const shape = recordShape(typeOf(value, 'type'));
  return shape === undefined ? `type: ${typeOf(value, 'type')} is no type of record` : wrongWith(value, shape);
};

/** `type`: of the record that is changed. */
export const wrongPatch = (value: unknown, type: string): string | undefined => {
  const shape = patchShape(type);
  return shape === undefined ? `type: ${type} is no type of record` : wrongWith(value, shape);
};

export const wrongRule = (value: unknown): string | undefined => {
  const shape = ruleShape(typeOf(value, 'action'));
  return shape === undefined ? `action: ${typeOf(value, 'action')} is no action` : wrongWith(value, shape);
};

/** What is wrong with a page rule, and with each of its actions, which have a shape of their own. */
export function wrongPageRule(value: unknown): string | undefined {
  const actions = (value as { actions?: unknown } | null)?.actions;
  const wrong = wrongWith(value, pageRuleShape);
  if (wrong !== undefined || !Array.isArray(actions)) return wrong ?? 'actions: must be a list';
  return actions
    .map((one) => {
      const shape = pageActionShape(typeOf(one, 'id'));
      return shape === undefined ? `actions: ${typeOf(one, 'id')} is no action` : wrongWith(one, shape, 'actions');
    })
    .find((one) => one !== undefined);
}

export const wrongSetting = (id: string, body: unknown): string | undefined => {
  const shape = settingShapes[id];
  return shape === undefined ? `${id} is no setting` : wrongWith(body, { 'value!': shape });
};
