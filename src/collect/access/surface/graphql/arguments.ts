import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLNamedType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { keyName, singular } from '../../objects/seen.ts';
import { isIdName } from '../names.ts';
import type { Schema } from '../schema.ts';
import type { Slot } from '../way.ts';
import { schemaOfInput } from './input.ts';

/** The argument that names one thing: the only one that has to be given, or one that is called like an id. */
export function idOf(args: readonly GraphQLArgument[], of: GraphQLNamedType): Found | undefined {
  const needed = args.filter(isRequiredArgument);
  if (needed.length > 1) return undefined;
  for (const arg of needed.length === 1 ? needed : args) {
    const found = idIn(arg, of);
    if (found) return found;
  }
  return undefined;
}

export interface Found {
  /** As the thing's id is called. */
  readonly name: string;
  readonly argument: GraphQLArgument;
  readonly slot: Slot;
}

function idIn(argument: GraphQLArgument, of: GraphQLNamedType): Found | undefined {
  const named = getNamedType(argument.type);
  const own = (name: string): string => (keyName(name) === `${singular(keyName(of.name))}_id` ? 'id' : name);
  if (isLeafType(named)) {
    if (!isIdName(argument.name) && named.name !== 'ID') return undefined;
    return { name: own(argument.name), argument, slot: inList(argument.type, idSlot(named.name)) };
  }
  // `where: { id: $id }`
  if (!isInputObjectType(named) || !/^(?:where|by|pk_columns|filter|key|input)$/.test(argument.name)) return undefined;
  const fields = Object.values(named.getFields());
  const id = fields.find(({ name, type }) => isIdName(name) && isLeafType(getNamedType(type)));
  if (!id || fields.some((one) => one !== id && isRequiredInputField(one))) return undefined;
  return { name: own(id.name), argument, slot: { is: 'record', fields: { [id.name]: idSlot(getNamedType(id.type).name) } } };
}

const idSlot = (type: string): Slot => ({ is: 'id', ...(/int|long/i.test(type) && { number: true as const }) });
const inList = (type: GraphQLInputType, item: Slot): Slot => (isMany(type) ? { is: 'list', item } : item);
export const isMany = (type: GraphQLInputType): boolean => isListType(type) || (isNonNullType(type) && isListType(type.ofType));

/** The argument that says which thing is changed: alone, or within the only input object. */
export function idAmong(args: readonly GraphQLArgument[], about: string): Found | undefined {
  const own = (name: string): boolean =>
    /^_?(?:id|ids|uuid|guid|slug|nodeId)$/i.test(name) || keyName(name) === `${singular(keyName(about))}_id`;
  const leaf = args.find(({ name, type }) => isLeafType(getNamedType(type)) && own(name));
  if (leaf) return { name: 'id', argument: leaf, slot: inList(leaf.type, idSlot(getNamedType(leaf.type).name)) };
  for (const argument of args) {
    const named = getNamedType(argument.type);
    if (!isInputObjectType(named)) continue;
    const id = Object.values(named.getFields()).find(({ name, type }) => isLeafType(getNamedType(type)) && own(name));
    if (id) return { name: 'id', argument, slot: { is: 'record', fields: { [id.name]: idSlot(getNamedType(id.type).name) } } };
  }
  const alone = args.length === 1 && isLeafType(getNamedType(args[0]!.type)) && isIdName(args[0]!.name) ? args[0] : undefined;
  return alone && { name: 'id', argument: alone, slot: idSlot(getNamedType(alone.type).name) };
}

export interface Inputs {
  readonly args: (readonly [GraphQLArgument, Slot])[];
  readonly schema?: Schema;
}

/** Says which things and how many of them, not what is done with them. */
const saysWhich = /^(?:first|last|limit|offset|skip|take|sort|orderBy|filter|search|page|clientMutationId)$/;

/** What is sent in the arguments beside the id: one input object whole, else each argument as a field of the body. */
export function inputs(all: readonly GraphQLArgument[], id: Found | undefined): Inputs {
  const args: (readonly [GraphQLArgument, Slot])[] = [];
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  const objects = all.filter(
    (one) =>
      isInputObjectType(getNamedType(one.type)) &&
      !saysWhich.test(one.name) &&
      !(id?.argument === one && id.name === 'id' && isOnlyId(one)),
  );
  const whole = objects.length === 1 ? objects[0] : undefined;
  for (const argument of all) {
    const type = getNamedType(argument.type);
    if (argument === whole && isInputObjectType(type)) {
      const known = id?.argument === argument && id.slot.is === 'record' ? id.slot.fields : {};
      const fields = Object.values(type.getFields()).filter(({ name }) => !(name in known) && name !== 'clientMutationId');
      // `{ id, patch: {...} }`, `{ order: {...} }`: what is sent stands one further down.
      const inner = fields.filter((one) => isInputObjectType(getNamedType(one.type)));
      const [below] =
        inner.length === 1 && fields.filter(isRequiredInputField).every((one) => one === inner[0]) && fields.length === 1 ? inner : [];
      const shape = schemaOfInput(below ? below.type : (type as GraphQLInputType));
      for (const [name, one] of Object.entries(shape.properties ?? {})) if (!(name in known)) properties[name] = one;
      required.push(...(shape.required ?? []).filter((name) => !(name in known)));
      const slots = below
        ? { ...known, [below.name]: { is: 'body' } as const }
        : { ...known, ...Object.fromEntries(fields.map(({ name }) => [name, { is: 'field', name } as const])) };
      const slot: Slot = Object.keys(known).length > 0 || below ? { is: 'record', fields: slots } : { is: 'body' };
      args.push([argument, inList(argument.type, slot)]);
    } else if (argument === id?.argument) args.push([argument, id.slot]);
    else {
      if (saysWhich.test(argument.name)) continue;
      args.push([argument, { is: 'field', name: argument.name }]);
      properties[argument.name] = schemaOfInput(argument.type);
      if (isRequiredArgument(argument)) required.push(argument.name);
    }
  }
  return { args, ...(Object.keys(properties).length > 0 && { schema: { type: 'object', properties, required } }) };
}

/** `where: { id }`, `pk_columns: { id }`: names the thing, and holds nothing to be changed. */
const isOnlyId = ({ name, type }: GraphQLArgument): boolean => {
  const named = getNamedType(type);
  return /^(?:where|pk_columns|by|key)$/.test(name) || (isInputObjectType(named) && Object.keys(named.getFields()).length === 1);
};
