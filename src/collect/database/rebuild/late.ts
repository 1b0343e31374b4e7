import type { Statement } from './statements.ts';

const takesAway = /\b(?:drop|delete|truncate|disable|revoke|rename)\b/i;

/**
 * Whether a statement that failed may be tried again after those that follow it. What takes something away may not: it would take what was made since.
 */
export function mayRunLate({ node, text }: Statement): boolean {
  if (!node) return false;
  if ('DropStmt' in node || 'DeleteStmt' in node || 'TruncateStmt' in node || 'RenameStmt' in node || 'AlterObjectSchemaStmt' in node)
    return false;
  if ('DoStmt' in node || 'CallStmt' in node || 'SelectStmt' in node) return !takesAway.test(text);
  if ('AlterTableStmt' in node)
    return !(node.AlterTableStmt.cmds ?? []).some(
      (command) => 'AlterTableCmd' in command && /^AT_(?:Drop|Disable|NoForce)/.test(command.AlterTableCmd.subtype ?? ''),
    );
  return true;
}
