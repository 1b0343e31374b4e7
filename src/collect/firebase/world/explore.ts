/** A world on the way, with what was changed to get there and what that cost. */
export interface Candidate<World, Edit> {
  readonly world: World;
  readonly edits: readonly Edit[];
  readonly cost: number;
}

export interface Exploring<World, Edit, Found> {
  /** Worlds looked at before giving up. */
  readonly limit: number;
  /** What is found in a world; nothing when it is not what is looked for. */
  look(world: World): Found | undefined;
  /** The worlds one step away. */
  next(here: Candidate<World, Edit>): readonly Candidate<World, Edit>[];
  /** The same for two worlds that are the same. */
  name(candidate: Candidate<World, Edit>): string;
}

/** Looks for the cheapest world in which something is found. */
export function explore<World, Edit, Found>(
  start: World,
  { limit, look, next, name }: Exploring<World, Edit, Found>,
): (Candidate<World, Edit> & { readonly found: Found }) | undefined {
  const open: Candidate<World, Edit>[] = [{ world: start, edits: [], cost: 0 }];
  const seen = new Set<string>();
  for (let count = 0; count < limit; count += 1) {
    let best = 0;
    for (let index = 1; index < open.length; index += 1) if ((open[index]?.cost ?? 0) < (open[best]?.cost ?? 0)) best = index;
    const [here] = open.splice(best, 1);
    if (!here) return undefined;
    const found = look(here.world);
    if (found !== undefined) return { ...here, found };
    for (const candidate of next(here)) {
      const called = name(candidate);
      if (candidate.edits.length > 40 || seen.has(called)) continue;
      seen.add(called);
      open.push(candidate);
    }
  }
  return undefined;
}
