/** The operating-system account PostgreSQL runs as, when it must differ from ours. */
export interface Account {
  uid: number;
  gid: number;
}

/** "nobody" on Debian, Fedora and Alpine: initdb and postgres refuse to run as root. */
const NOBODY = 65534;

/** The account to drop to: nobody when we are root, otherwise `undefined` (run as ourselves). */
export function unprivilegedAccount(): Account | undefined {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
}
