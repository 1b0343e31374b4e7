/** Whether to colour: the flag decides, then NO_COLOR and FORCE_COLOR (no-color.org), then whether it is a terminal. */
export function colorWanted(flag: boolean | undefined, stream: { readonly isTTY?: boolean | undefined }, env = process.env): boolean {
  if (flag !== undefined) return flag;
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
