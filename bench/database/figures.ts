import type { ProvedDatabase } from '../../src/evidence/isolation.ts';
import { judgeAttempt } from '../../src/evidence/isolation-questions.ts';

/** How far the proof came in one repo, or in all of them. */
export interface Figures {
  readonly statements: number;
  /** Applied, or without effect on what stands at the end. */
  readonly settled: number;
  readonly tables: number;
  readonly seeded: number;
  /** Tables made from generated types, of which nothing is claimed; their cells do not count. */
  readonly reconstructed: number;
  readonly cells: number;
  readonly decided: number;
  /** Milliseconds of the whole job, and of what cannot be spared: starting the engine, making the platform, applying the SQL. */
  readonly ms: number;
  readonly floor: number;
}

/** Figures of one run over the databases of a repo that took `ms` milliseconds, where `floor` cannot be spared. */
export function figuresOf(databases: readonly ProvedDatabase[], ms: number, floor: number): Figures {
  const objects = databases.flatMap((database) => database.objects);
  const tables = objects.filter(({ kind }) => kind === 'table');
  const cells = objects
    .filter(({ reconstructed }) => !reconstructed)
    .flatMap((object) => object.cells.map((cell) => judgeAttempt(object, cell)));
  const sum = (of: (database: ProvedDatabase) => number): number => databases.reduce((total, database) => total + of(database), 0);
  return {
    statements: sum(({ rebuild }) => rebuild.statements),
    settled: sum(({ rebuild }) => rebuild.applied + rebuild.superseded),
    tables: tables.length,
    seeded: tables.filter(({ unseeded }) => unseeded === undefined).length,
    reconstructed: tables.filter(({ reconstructed }) => reconstructed).length,
    cells: cells.length,
    decided: cells.filter(({ is }) => is !== 'unknown').length,
    ms,
    floor,
  };
}

/** All of them together. */
export function together(list: readonly Figures[]): Figures {
  const sum = (of: (figures: Figures) => number): number => list.reduce((total, figures) => total + of(figures), 0);
  return {
    statements: sum(({ statements }) => statements),
    settled: sum(({ settled }) => settled),
    tables: sum(({ tables }) => tables),
    seeded: sum(({ seeded }) => seeded),
    reconstructed: sum(({ reconstructed }) => reconstructed),
    cells: sum(({ cells }) => cells),
    decided: sum(({ decided }) => decided),
    ms: sum(({ ms }) => ms),
    floor: sum(({ floor }) => floor),
  };
}
