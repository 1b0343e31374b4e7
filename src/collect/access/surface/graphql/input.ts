import {
  getNamedType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import type { Schema } from '../schema.ts';

const scalars: readonly (readonly [RegExp, Schema])[] = [
  [/^(?:Int|Long|BigInt|.*Int|UnsignedInt|GraphQLBigInt|Timestamp)$/, { type: 'integer' }],
  [/^(?:Float|Decimal|BigDecimal|Money|numeric|GraphQLStringOrFloat)$/, { type: 'number' }],
  [/^Boolean$/, { type: 'boolean' }],
  [/^(?:DateTime|timestamptz?|ISO8601DateTime|Datetime)$/, { type: 'string', format: 'date-time' }],
  [/^(?:Date|ISO8601Date)$/, { type: 'string', format: 'date' }],
  [/^uuid$/i, { type: 'string', format: 'uuid' }],
  [/^(?:EmailAddress|Email)$/, { type: 'string', format: 'email' }],
  [/^(?:URL|URI|Uri)$/, { type: 'string', format: 'uri' }],
  [/^(?:JSON|JSONObject|jsonb?)$/, { type: 'object' }],
];

/** What may be sent, as JSON Schema. Of input objects within, only what can be filled in without knowing more: other objects only where they must be. */
export function schemaOfInput(type: GraphQLInputType, depth = 0): Schema {
  if (isNonNullType(type)) return schemaOfInput(type.ofType as GraphQLInputType, depth);
  if (isListType(type)) return { type: 'array', items: schemaOfInput(type.ofType as GraphQLInputType, depth) };
  if (isEnumType(type)) return { type: 'string', enum: type.getValues().map(({ name }) => name) };
  if (!isInputObjectType(type)) return scalars.find(([name]) => name.test(type.name))?.[1] ?? { type: 'string' };
  const fields = Object.values(type.getFields()).filter(
    (one) => isRequiredInputField(one) || (!isInputObjectType(getNamedType(one.type)) && !isLists(one.type)),
  );
  if (depth > 4) return { type: 'object' };
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((one) => [one.name, schemaOfInput(one.type, depth + 1)])),
    required: fields.filter(isRequiredInputField).map(({ name }) => name),
  };
}

const isLists = (type: GraphQLInputType): boolean => isListType(type);
