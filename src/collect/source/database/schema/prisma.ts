import type { DescribedTable } from './types.ts';

/** Models of a schema.prisma as tables: mapped names, fields with their relations. Enums and types are left out. */
export function readPrisma(path: string, text: string): DescribedTable[] {
  const models = [...text.matchAll(/^model\s+(\w+)\s*\{([\s\S]*?)^\}/gm)];
  const names = new Map(models.map(([, name = '', body = '']) => [name, /@@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(body)?.[1] ?? name]));
  return models.map((match) => {
    const [, name = '', body = ''] = match;
    const relations = new Map<string, string>();
    for (const [, target = '', fields = ''] of body.matchAll(
      /^[^\S\n]*\w+[^\S\n]+(\w+)\??[^\S\n]+.*@relation\([^)]*fields:\s*\[([^\]]+)\]/gm,
    )) {
      const [field] = fields.split(',');
      if (field !== undefined && names.has(target)) relations.set(field.trim(), names.get(target) ?? target);
    }
    const columns = body.split('\n').flatMap((line) => {
      const [, field, type, rest = ''] = /^\s*(\w+)\s+(\w+)(?:\[\])?\??(.*)$/.exec(line.replace(/\/\/.*$/, '')) ?? [];
      if (field === undefined || type === undefined || names.has(type)) return [];
      const mapped = /@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(rest)?.[1] ?? field;
      const target = relations.get(field);
      return [{ name: mapped, type, ...(target !== undefined && { references: `public.${target}` }) }];
    });
    return { name: names.get(name) ?? name, place: { file: path, line: text.slice(0, match.index).split('\n').length }, columns };
  });
}
