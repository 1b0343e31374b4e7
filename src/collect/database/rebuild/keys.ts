import type { AlterTableCmd, Node } from 'libpg-query';
import { itemsOf, nameOf, type QualifiedName, relationName, rolesOf, stringsOf, typeText } from '../../source/database/sql/nodes.ts';

/** What a statement makes, sets and takes away, as names such as `policy:public.invoices:read own`. */
export interface Keys {
  readonly makes: readonly string[];
  /** Grants are told apart by direction: a later REVOKE stands against an earlier GRANT. */
  readonly grants: readonly string[];
  readonly revokes: readonly string[];
  readonly drops: readonly string[];
}

const none: readonly string[] = [];
const noKeys: Keys = { makes: none, grants: none, revokes: none, drops: none };
const makes = (...names: string[]): Keys => ({ ...noKeys, makes: names });
const drops = (...names: string[]): Keys => ({ ...noKeys, drops: names });

export const full = ({ schema = 'public', name }: QualifiedName): string => `${schema}.${name}`;
const relation = (name: QualifiedName): string => `rel:${full(name)}`;

/** The keys of a statement. A statement whose effect cannot be told has none. */
export function keysOf(node: Node): Keys {
  if ('CreateStmt' in node) return makes(relation(relationName(node.CreateStmt.relation)));
  if ('ViewStmt' in node) return makes(relation(relationName(node.ViewStmt.view)));
  if ('CreateTableAsStmt' in node) return makes(relation(relationName(node.CreateTableAsStmt.into?.rel)));
  if ('CreateSeqStmt' in node) return makes(relation(relationName(node.CreateSeqStmt.sequence)));
  if ('IndexStmt' in node) {
    const { schema } = relationName(node.IndexStmt.relation);
    return node.IndexStmt.idxname === undefined
      ? noKeys
      : makes(relation({ ...(schema !== undefined && { schema }), name: node.IndexStmt.idxname }));
  }
  if ('CreatePolicyStmt' in node)
    return makes(`policy:${full(relationName(node.CreatePolicyStmt.table))}:${node.CreatePolicyStmt.policy_name}`);
  if ('AlterPolicyStmt' in node)
    return makes(`policy:${full(relationName(node.AlterPolicyStmt.table))}:${node.AlterPolicyStmt.policy_name}`);
  if ('CreateTrigStmt' in node) return makes(`trigger:${full(relationName(node.CreateTrigStmt.relation))}:${node.CreateTrigStmt.trigname}`);
  if ('CreateFunctionStmt' in node)
    return makes(functionKey(nameOf(node.CreateFunctionStmt.funcname), parameterTypes(node.CreateFunctionStmt.parameters)));
  if ('CreateEnumStmt' in node) return makes(`type:${full(nameOf(node.CreateEnumStmt.typeName))}`);
  if ('CompositeTypeStmt' in node) return makes(`type:${full(relationName(node.CompositeTypeStmt.typevar))}`);
  if ('CreateDomainStmt' in node) return makes(`type:${full(nameOf(node.CreateDomainStmt.domainname))}`);
  if ('CreateSchemaStmt' in node) return makes(`schema:${node.CreateSchemaStmt.schemaname}`);
  if ('AlterTableStmt' in node) return alterKeys(full(relationName(node.AlterTableStmt.relation)), node.AlterTableStmt.cmds ?? []);
  if ('GrantStmt' in node) return grantKeys(node.GrantStmt);
  if ('DropStmt' in node) return drops(...(node.DropStmt.objects ?? []).map((object) => dropKey(node.DropStmt.removeType ?? '', object)));
  if ('RenameStmt' in node) return renameKeys(node.RenameStmt);
  if ('AlterObjectSchemaStmt' in node && node.AlterObjectSchemaStmt.relation)
    return drops(relation(relationName(node.AlterObjectSchemaStmt.relation)));
  return noKeys;
}

const functionKey = (name: QualifiedName, types: readonly string[]): string => `function:${full(name)}(${types.join(',')})`;

function parameterTypes(parameters: readonly Node[] | undefined): string[] {
  return (parameters ?? []).flatMap((parameter) =>
    'FunctionParameter' in parameter && !['FUNC_PARAM_OUT', 'FUNC_PARAM_TABLE'].includes(parameter.FunctionParameter.mode ?? '')
      ? [typeText(parameter.FunctionParameter.argType)]
      : [],
  );
}

const switches: Readonly<Record<string, string>> = {
  AT_EnableRowSecurity: 'row security',
  AT_DisableRowSecurity: 'row security',
  AT_ForceRowSecurity: 'force',
  AT_NoForceRowSecurity: 'force',
};

function alterKeys(table: string, commands: readonly Node[]): Keys {
  const made: string[] = [];
  const dropped: string[] = [];
  for (const command of commands) {
    if (!('AlterTableCmd' in command)) continue;
    const { name = '', def }: AlterTableCmd = command.AlterTableCmd;
    const subtype: string = command.AlterTableCmd.subtype ?? '';
    if (subtype in switches) made.push(`switch:${table}:${switches[subtype]}`);
    else if (subtype === 'AT_AddColumn' && def && 'ColumnDef' in def) made.push(`column:${table}:${def.ColumnDef.colname}`);
    else if (subtype === 'AT_AddConstraint' && def && 'Constraint' in def && def.Constraint.conname !== undefined)
      made.push(`constraint:${table}:${def.Constraint.conname}`);
    else if (subtype === 'AT_DropColumn') dropped.push(`column:${table}:${name}`);
    else if (subtype === 'AT_DropConstraint') dropped.push(`constraint:${table}:${name}`);
    else made.push(`${subtype}:${table}:${name}`);
  }
  return { ...noKeys, makes: made, drops: dropped };
}

function grantKeys(statement: { objtype?: string; objects?: Node[]; grantees?: Node[]; is_grant?: boolean }): Keys {
  const keys = (statement.objects ?? []).flatMap((object) => {
    const name =
      'RangeVar' in object
        ? full(relationName(object.RangeVar))
        : 'ObjectWithArgs' in object
          ? full(nameOf(object.ObjectWithArgs.objname))
          : '*';
    return rolesOf(statement.grantees).map((role) => `grant:${name}:${role}`);
  });
  return statement.is_grant ? { ...noKeys, grants: keys } : { ...noKeys, revokes: keys };
}

function dropKey(type: string, object: Node): string {
  const parts = stringsOf(itemsOf(object));
  const named: QualifiedName = nameOf(itemsOf(object));
  if (type === 'OBJECT_POLICY' || type === 'OBJECT_TRIGGER')
    return `${type === 'OBJECT_POLICY' ? 'policy' : 'trigger'}:${full({ ...(parts.length > 2 && { schema: parts.at(-3) ?? '' }), name: parts.at(-2) ?? '' })}:${parts.at(-1)}`;
  if ('ObjectWithArgs' in object)
    return object.ObjectWithArgs.args_unspecified
      ? `function:${full(nameOf(object.ObjectWithArgs.objname))}(*)`
      : functionKey(
          nameOf(object.ObjectWithArgs.objname),
          (object.ObjectWithArgs.objargs ?? []).map((arg) => ('TypeName' in arg ? typeText(arg.TypeName) : '')),
        );
  if ('TypeName' in object) return `type:${full(nameOf(object.TypeName.names))}`;
  if (type === 'OBJECT_SCHEMA') return `schema:${'String' in object ? object.String.sval : ''}`;
  return relation(named);
}

function renameKeys(statement: { renameType?: string; relation?: object; subname?: string; newname?: string }): Keys {
  const name = relationName(statement.relation as never);
  if (statement.renameType === 'OBJECT_TABLE' || statement.renameType === 'OBJECT_VIEW')
    return { ...noKeys, drops: [relation(name)], makes: [relation({ ...name, name: statement.newname ?? '' })] };
  const kind = { OBJECT_POLICY: 'policy', OBJECT_TRIGGER: 'trigger', OBJECT_COLUMN: 'column', OBJECT_TABCONSTRAINT: 'constraint' }[
    statement.renameType ?? ''
  ];
  return kind === undefined
    ? noKeys
    : { ...noKeys, drops: [`${kind}:${full(name)}:${statement.subname}`], makes: [`${kind}:${full(name)}:${statement.newname}`] };
}

/** The table or function a key belongs to: what takes that away takes the key with it. */
const ownerOf = (key: string): string | undefined => /^(?!rel:|function:|type:|schema:|grant:)[^:]+:([^:]+)/.exec(key)?.[1];

/** Whether a later statement with `later` settles what a statement with `key` would have made. */
export function settles(later: Keys, key: string): boolean {
  if (later.makes.includes(key) || later.drops.includes(key)) return true;
  const owner = ownerOf(key);
  if (owner !== undefined && later.drops.includes(`rel:${owner}`)) return true;
  const bare = /^function:[^(]+/.exec(key)?.[0];
  if (bare !== undefined && later.drops.includes(`${bare}(*)`)) return true;
  const schema = /^[^:]+:([^.:]+)\./.exec(key)?.[1];
  return schema !== undefined && later.drops.includes(`schema:${schema}`);
}
