import type { Place } from '../../../core/finding.ts';
import type { ClientAccess } from '../../../evidence/routes.ts';

/** What one file says, without its syntax tree: trees of a whole front end would not fit in memory. */
export interface ModuleFacts {
  readonly path: string;
  readonly units: ReadonlyMap<string, Unit>;
  /** Exported name to what it is: a unit of this file, or something of another one. `default` for the default export. */
  readonly exports: ReadonlyMap<string, string | Elsewhere>;
  /** Specifiers of `export * from`. */
  readonly exportAll: readonly string[];
  /** Table names, addresses and the like that are no constants, with the place. */
  readonly dynamic: readonly { readonly what: string; readonly place: Place }[];
}

/** Something of another module: `name` as exported there, `*` for all of it. */
export interface Elsewhere {
  readonly source: string;
  readonly name: string;
}

/**
 * Code that runs when its name is used: a component, a hook, a handler, a method. Named by its path in the file: `Team`,
 * `Team/changeRole`, `api.deleteUser`; the empty name stands for what runs when the file is loaded.
 */
export interface Unit {
  readonly name: string;
  readonly uses: Use[];
  readonly accesses: Site[];
  /** Where a component puts what it was given (`children`, `<Outlet/>`): it guards them when each stands behind a gate. */
  readonly slots: (Context | undefined)[];
}

/** A name used in a unit. */
export interface Use {
  readonly of: Target;
  readonly within: Context | undefined;
}

/** A unit of the same file, or something of another one; `member` when only a property of it is used. */
export type Target = { readonly unit: string; readonly member?: string } | (Elsewhere & { readonly member?: string });

/** An access with what stands around it. */
export interface Site {
  readonly access: Omit<ClientAccess, 'gate'>;
  /** True for a form: it is sent by a browser wherever its markup was made. */
  readonly form?: boolean;
  readonly within: Context | undefined;
}

/** What stands around a use or an access, innermost first. */
export type Context =
  | { readonly gate: Gate; readonly outer: Context | undefined }
  /** In a component: reached only when none of these properties was given. */
  | { readonly absent: readonly string[]; readonly outer: Context | undefined }
  /** A component around it, which may turn out to guard what it is given. */
  | { readonly wrapper: Target; readonly props: Props; readonly tag: Pick<Gate, 'place' | 'what'>; readonly outer: Context | undefined };

/** Properties a component was given: strings and lists of them as written, `true` for a flag, `undefined` for what could not be told. */
export type Props = ReadonlyMap<string, readonly string[] | true | undefined>;

/** A condition on the role of the signed-in user. */
export interface Gate {
  readonly place: Place;
  readonly what: string;
  /** Roles that pass, or are kept out with `except`. */
  readonly roles: readonly string[];
  readonly except: boolean;
  /** Properties of the component that name the roles: without them it lets everybody through. */
  readonly props: readonly string[];
}
