import type { Machine, NativeCall } from './value.ts';

const sinks = new WeakMap<Machine, (call: NativeCall) => void>();

/** Tells `heard` of every `Deno.serve(...)` that runs during `work`, in whichever module it stands (a shared `serveJson` helper). */
export function whileServing<T>(machine: Machine, heard: (call: NativeCall) => void, work: () => T): T {
  const before = sinks.get(machine);
  sinks.set(machine, heard);
  try {
    return work();
  } finally {
    if (before) sinks.set(machine, before);
    else sinks.delete(machine);
  }
}

/** Passes a call of `Deno.serve` on to whoever waits for it. */
export const noteServe = (call: NativeCall): void => sinks.get(call.machine)?.(call);
