/** Writes a type where the file is TypeScript, and nothing where it is JavaScript. */
export const typed =
  (typescript: boolean) =>
  (type: string): string =>
    typescript ? type : '';
