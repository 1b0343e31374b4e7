/** Lets at most `concurrency` tasks of a host run at once and spaces their starts by `delayMs`. */
export interface Pace {
  run<T>(host: string, task: () => Promise<T>): Promise<T>;
}

interface Lane {
  running: number;
  next: number;
  readonly waiting: (() => void)[];
}

/** A lane per host; a task that waits costs nothing but its place in the queue. */
export function createPace(concurrency: number, delayMs: number): Pace {
  const lanes = new Map<string, Lane>();
  const laneOf = (host: string): Lane => {
    const lane = lanes.get(host) ?? { running: 0, next: 0, waiting: [] };
    lanes.set(host, lane);
    return lane;
  };
  return {
    async run(host, task) {
      const lane = laneOf(host);
      if (lane.running >= concurrency) await new Promise<void>((start) => lane.waiting.push(start));
      else lane.running += 1;
      try {
        const now = Date.now();
        const start = Math.max(now, lane.next);
        lane.next = start + delayMs;
        if (start > now) await new Promise((done) => setTimeout(done, start - now));
        return await task();
      } finally {
        // The place is handed on, not given back, so that nobody slips in between.
        const waiting = lane.waiting.shift();
        if (waiting) waiting();
        else lane.running -= 1;
      }
    },
  };
}
