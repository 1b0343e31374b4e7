import type { Node } from 'oxc-parser';
import type { InputSource } from '../../../../evidence/routes.ts';
import { ancestry, type Made, memberName } from '../interpret/instance.ts';
import { alternativesOf, api, type Machine, native, stringOf, type Value } from '../interpret/value.ts';
import { flatten } from './registration.ts';

interface Mapped {
  readonly bases: readonly Value[];
  readonly keeps: (name: string) => boolean;
}

const mapped = (bases: readonly Value[], keeps: Mapped['keeps'] = () => true): Value =>
  api('mapped-type', { data: { bases, keeps } satisfies Mapped, call: () => ({}) });

const names = (value: Value | undefined): Set<string> => new Set(flatten(value).flatMap((item) => stringOf(item) ?? []));

/** `PartialType`, `PickType`, `OmitType` and `IntersectionType` of @nestjs/mapped-types, swagger and graphql. */
export const mappedTypes: Readonly<Record<string, Value>> = {
  PartialType: native(({ args }) => mapped(args.slice(0, 1))),
  IntersectionType: native(({ args }) => mapped(args)),
  PickType: native(({ args }) => mapped(args.slice(0, 1), (name) => names(args[1]).has(name))),
  OmitType: native(({ args }) => mapped(args.slice(0, 1), (name) => !names(args[1]).has(name))),
};

/** Fields of a DTO class that a whitelisting pipe lets through: those with a decorator. `undefined` when they cannot be listed. */
function fieldsOf(machine: Machine, made: Made, depth = 6): string[] | undefined {
  const { classes, root } = ancestry(machine, made);
  const own = classes.flatMap(({ node }) =>
    node.body.body.flatMap((item) => (item.type === 'PropertyDefinition' && item.decorators.length > 0 ? (memberName(item) ?? []) : [])),
  );
  if (!root) return own;
  if (root.api?.kind !== 'mapped-type' || depth === 0) return undefined;
  const { bases, keeps } = root.api.data as Mapped;
  for (const base of bases) {
    const inherited = base.constructs
      ? fieldsOf(machine, base.constructs, depth - 1)
      : base.api?.kind === 'mapped-type'
        ? mappedFields(machine, base.api.data as Mapped, depth - 1)
        : undefined;
    if (!inherited) return undefined;
    own.push(...inherited.filter(keeps));
  }
  return own;
}

function mappedFields(machine: Machine, { bases, keeps }: Mapped, depth: number): string[] | undefined {
  const all = bases.map((base) => (base.constructs && depth > 0 ? fieldsOf(machine, base.constructs, depth) : undefined));
  return all.every((list) => list !== undefined) ? all.flat().filter(keeps) : undefined;
}

/** What a whitelisting pipe makes of the caller's value for a parameter of this class; `undefined` when the type says nothing. */
export function whitelisted(machine: Machine, type: Value, source: InputSource): Value | undefined {
  if (!type.constructs) return undefined;
  const fields = fieldsOf(machine, type.constructs);
  if (!fields) return { input: { source, name: 'validated' } };
  // Without a single known field the class is a plain type to the pipe: class-validator refuses it or lets everything through.
  if (fields.length === 0) return undefined;
  return { props: new Map(fields.map((name): [string, Value] => [name, { input: { source, name } }])), open: true };
}

/** True when one of the pipes drops fields that the DTO does not list. */
export const dropsUnknownFields = (pipes: readonly Value[]): boolean =>
  pipes.some((pipe) => alternativesOf(pipe).some(({ value }) => value.api?.kind === 'validation-pipe' && value.api.data === true));

/** `new ValidationPipe({ whitelist: true })`. */
export const validationPipe: Value = api('validation-pipe-class', {
  call: ({ args: [options] }) => api('validation-pipe', { data: options?.props?.get('whitelist')?.literal?.is === true }),
});

/** The class a parameter's type names, looking through `Partial<Dto>` and arrays of it. */
export function typeName(node: Node): string | undefined {
  const annotation = (node as { typeAnnotation?: { typeAnnotation?: Node } | null }).typeAnnotation?.typeAnnotation;
  return annotation ? nameOf(annotation) : undefined;
}

function nameOf(type: Node): string | undefined {
  if (type.type === 'TSArrayType') return nameOf(type.elementType);
  return type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' ? type.typeName.name : undefined;
}
