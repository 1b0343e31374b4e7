/** Shows on one line of a terminal what is being done; says nothing where the output goes to a file. */
export function showProgress(text: string): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\u001B[2K${text.slice(0, 120)}`);
}

/** Removes that line. */
export function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K');
}
