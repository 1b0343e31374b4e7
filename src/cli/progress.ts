import type { Progress } from '../core/evidence-store.ts';

/** Where progress goes; the process's stderr in real life. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Tells the waiting user what is going on. */
export interface Teller {
  /** One step of the work. */
  progress(step: Progress): void;
  /** A sentence that stays. */
  notice(message: string): void;
  /** Takes the live line away. */
  end(): void;
}

/** Time between two drawings of the live line, in milliseconds: faster than the eye needs costs time. */
const drawEvery = 80;

/** Elsewhere than on a terminal: what goes on is told again after this time, in milliseconds, so that nobody takes a long run for a dead one. */
const tellEvery = 15_000;

/** On a terminal one live line; elsewhere one plain line for each source of facts, and what goes on every quarter of a minute; nothing when quiet. Notices are shown always but when quiet. */
export function teller(screen: Screen, quiet: boolean): Teller {
  if (quiet) return { progress: () => undefined, notice: () => undefined, end: () => undefined };
  const live = screen.isTTY === true;
  const told = new Set<string>();
  let drawn = 0;
  let shown = false;
  const clear = (): void => {
    if (shown) screen.write('\r\u001b[2K');
    shown = false;
  };
  return {
    progress({ evidence, message, done, total }) {
      const count = done === undefined ? '' : ` ${done}${total === undefined ? '' : ` of ${total}`}`;
      if (!live) {
        const due = Date.now() - drawn >= tellEvery;
        if (!told.has(evidence) || due) {
          screen.write(`${printable(message)}${due && told.has(evidence) ? count : ''}\n`);
          drawn = Date.now();
        }
        told.add(evidence);
        return;
      }
      const now = Date.now();
      if (now - drawn < drawEvery) return;
      drawn = now;
      const line = printable(`${message}${count}`).slice(0, Math.max(10, (screen.columns || 80) - 3));
      screen.write(`\r\u001b[2K… ${line}`);
      shown = true;
    },
    notice(message) {
      clear();
      screen.write(`${printable(message)}\n`);
    },
    end: clear,
  };
}

/** Names of files can hold control characters; on a terminal they would act. */
export const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '?');
