import { contentOf, scalars } from '../wire/content.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';

/** Which GETs showed somebody what: only of a request that showed a thing does it say something that it is answered by 404 later. */
export interface ShownLog {
  /** The same sender; its answers are remembered. */
  readonly sender: Sender;
  /** Whether this session was ever answered, at this address, by something with one of these marks or ids in it. */
  showed(session: Session, path: string, marks: readonly (string | undefined)[]): boolean;
}

/** Remembers by session and address the marks that were shown there, and its id. */
export function shownLog(sender: Sender): ShownLog {
  const shown = new WeakMap<Session, Map<string, Set<string>>>();
  const keep = (session: Session, path: string, answer: Answer): void => {
    const marks = [...(answer.text.match(/\blr[0-9a-f]{10}/g) ?? []), ...idShown(path, answer.text)];
    if (marks.length === 0) return;
    const paths = shown.get(session) ?? new Map<string, Set<string>>();
    shown.set(session, paths);
    const before = paths.get(path) ?? new Set<string>();
    paths.set(path, before);
    for (const mark of marks) before.add(mark);
  };
  return {
    sender: {
      ...sender,
      async send(message, session) {
        const answer = await sender.send(message, session);
        if (session && message.method === 'GET' && answer.ok && answer.value.status < 300) keep(session, message.path, answer.value);
        return answer;
      },
    },
    showed: (session, path, marks) => {
      const there = shown.get(session)?.get(path);
      return there !== undefined && marks.some((mark) => mark !== undefined && there.has(mark));
    },
  };
}

/** The id in `/notes/7`, where the record that comes back holds it: a page that comes at every address does not. */
function idShown(path: string, text: string): string[] {
  const id = lastPart(path);
  if (id === '' || !text.includes(id)) return [];
  const { json } = contentOf(text);
  return json !== undefined && [...scalars(json)].includes(id) ? [id] : [];
}

function lastPart(path: string): string {
  const part =
    path
      .split(/[?#]/, 1)[0]
      ?.split('/')
      .findLast((one) => one !== '') ?? '';
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
