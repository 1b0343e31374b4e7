import type { Made } from './create.ts';

/** A request that changes something. */
export interface Change {
  readonly who: string;
  readonly method: string;
  readonly path: string;
}

/** What was changed, written down before it is sent, so that a run that breaks off can be told what it left. */
export interface Journal {
  /** Before it is sent. */
  about(change: Change): void;
  made(made: Made): void;
  readonly changes: readonly Change[];
  readonly all: readonly Made[];
}

/** `write` gets one line of JSON for each change, before it is sent. */
export function openJournal(write: (line: string) => void = () => undefined): Journal {
  const changes: Change[] = [];
  const all: Made[] = [];
  return {
    about(change) {
      write(JSON.stringify({ at: new Date().toISOString(), ...change }));
      changes.push(change);
    },
    made(made) {
      all.push(made);
      write(JSON.stringify({ at: new Date().toISOString(), made: made.path, id: made.id, who: made.owner.name }));
    },
    changes,
    all,
  };
}
