/** One alarm of another tool. */
export interface Alarm {
  /** Relative to the scanned folder, `/` between folders. */
  readonly file: string;
  readonly rule: string;
}

/** Another tool that npm can install and that works offline. It is installed into `bench/.rivals`, never into the package. */
export interface Rival {
  readonly name: string;
  /** Packages with exact versions. */
  readonly packages: Readonly<Record<string, string>>;
  /** True when an alarm depends on its own file alone: then only the files that a flaw touches are scanned again. */
  readonly perFile: boolean;
  /**
   * Scans a folder, or only these files of it, with the tool installed at `home` (a folder with `node_modules`).
   * Throws when the tool fails.
   */
  scan(folder: string, files: readonly string[] | undefined, home: string): Promise<readonly Alarm[]>;
}
