/** Whether a name is one of these, or below one of them. */
export const isBelowAny = (name: string, zones: readonly string[]): boolean =>
  zones.some((zone) => name === zone || name.endsWith(`.${zone}`));
