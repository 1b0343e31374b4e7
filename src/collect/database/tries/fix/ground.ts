import type { AppUses } from '../../app-uses.ts';
import type { LiveCatalog } from '../../live/catalog.ts';
import { quote } from '../../world/literal.ts';
import type { Worlds } from '../../world/world.ts';

/** Who asks, so that PostgreSQL asks it once for all rows. */
export const me = '(SELECT auth.uid())';

/** Says in SQL whose a row is. */
export interface Condition {
  readonly sql: string;
  /** Statements that make a function it calls. */
  readonly helper: readonly string[];
  /** The column of the row itself that it asks for. */
  readonly column?: string;
  /** By what it goes, for the name of a function that asks it, e.g. `created_by`. */
  readonly by: string;
}

/** Where conditions come from: tables and functions of the repo, and who owns what. */
export interface Ground {
  readonly catalog: LiveCatalog;
  readonly worlds: Worlds;
  /** `schema.name` of tables that only the generated types know: what they hold is a guess. */
  readonly reconstructed?: ReadonlySet<string>;
  /** What the app's own code uses. */
  readonly uses?: AppUses;
}

/** A function with the rights of its owner that signed-in users may call, and nobody else. */
export const definerFunction = (signature: string, returns: string, body: string): string[] => [
  `CREATE OR REPLACE FUNCTION ${signature} RETURNS ${returns} LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS ${quote(body)}`,
  `REVOKE EXECUTE ON FUNCTION ${signature} FROM PUBLIC, anon`,
  `GRANT EXECUTE ON FUNCTION ${signature} TO authenticated`,
];
