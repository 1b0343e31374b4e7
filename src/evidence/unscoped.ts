import type { IsolationProof, ProvedDatabase, ProvedObject } from './isolation.ts';
import { codeDecides, isSignInFlow } from './questions.ts';
import type { DataAccess, Route, RouteInventory } from './routes.ts';
import { plainTableName } from './table-name.ts';
import { isUntied, meantIn, ofSomebody, ofTheHouse, tyingIn } from './untied.ts';

/** A query of the server on a table that somebody owns. */
export interface Query {
  readonly route: Route;
  readonly access: DataAccess;
  /** True where the code alone tells whose the rows are, so that the audit's own check speaks of it. */
  readonly known: boolean;
}

/** What the server's queries do on one table of a database that only the server reaches. */
export interface OwnedTable {
  readonly database: ProvedDatabase;
  readonly table: ProvedObject;
  /** Nothing ties them to the caller. */
  readonly untied: readonly Query[];
  /** It could not be told. */
  readonly unclear: readonly Query[];
  /** Tied to the caller by his organisation or himself. */
  readonly tied: number;
}

const isOwned = ({ belongs }: ProvedObject): boolean => belongs !== undefined && belongs.told !== 'author';

/**
 * The tables of databases without row-level security that belong to somebody, as the rebuilt schema tells, with the queries on them. Lookups that
 * the app may be for (people who find each other by an address, its own staff) are left out, and so are callers who are not signed in: other
 * checks ask about those.
 */
export function ownedTables(proof: IsolationProof, inventory: RouteInventory): OwnedTable[] {
  return proof.databases
    .filter(({ exposure }) => exposure === 'private')
    .flatMap((database) => {
      const owned = new Map(database.objects.filter(isOwned).map((table) => [plainTableName(table.name), table]));
      return owned.size === 0 ? [] : tablesOf(database, owned, inventory.routes);
    });
}

function tablesOf(database: ProvedDatabase, owned: ReadonlyMap<string, ProvedObject>, routes: readonly Route[]): OwnedTable[] {
  const before = new Map<DataAccess, DataAccess>();
  const told = routes.map((route): Route => ({
    ...route,
    data: route.data.map((access) => {
      const belongs = access.kind === 'table' ? owned.get(plainTableName(access.name))?.belongs : undefined;
      const better: DataAccess = belongs ? { ...access, subject: belongs.to === 'tenant' ? 'tenant' : 'owner' } : { ...access };
      before.set(better, access);
      return better;
    }),
  }));
  const [tying, meant, house] = [tyingIn(told), meantIn(told), ofTheHouse(told)];
  const found = new Map<string, { untied: Query[]; unclear: Query[]; tied: number }>();
  for (const route of told)
    for (const access of ofSomebody(route)) {
      const name = plainTableName(access.name);
      if (access.kind !== 'table' || !owned.has(name) || !codeDecides(access)) continue;
      const table = found.get(name) ?? { untied: [], unclear: [], tied: 0 };
      found.set(name, table);
      const original = before.get(access) ?? access;
      const known = original.subject === 'tenant' || original.subject === 'owner';
      if (access.scope === 'tenant' || access.scope === 'owner') table.tied += 1;
      else if (access.scope === 'unknown') {
        // Who signs in is looked up by what he typed: whose row that is shows afterwards.
        if (!isSignInFlow(route)) table.unclear.push({ route, access, known });
      } else if (isUntied(route, access) && meant(access) === undefined && !house(access) && tying(route, access))
        (route.unresolved.length === 0 ? table.untied : table.unclear).push({ route, access, known });
    }
  return [...found].flatMap(([name, queries]) => {
    const table = owned.get(name);
    return table ? [{ database, table, ...queries }] : [];
  });
}
