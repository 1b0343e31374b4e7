import type { Result } from '../../../core/evidence.ts';
import { saysNothing } from './content.ts';
import type { Answer, Message, Sender } from './sender.ts';

/** The same sender; `onAnswer` hears of each request what came of it. `ms`: how long that took. */
export const hearing = (sender: Sender, onAnswer: (message: Message, answer: Result<Answer>, ms: number) => void): Sender => ({
  ...sender,
  async send(message, session) {
    const begun = performance.now();
    const answer = await sender.send(message, session);
    onAnswer(message, answer, performance.now() - begun);
    return answer;
  },
});

/**
 * The same sender, and what was sent by it and came to nothing: no answer, too many requests, a server that is not there. What did not happen then was
 * not refused. `POST /login → 429`, in order.
 */
export function doubting(sender: Sender): { readonly sender: Sender; readonly doubts: readonly string[] } {
  const doubts: string[] = [];
  const heard = hearing(sender, ({ method, path }, answer) => {
    if (answer.ok && !saysNothing(answer.value.status)) return;
    doubts.push(`${method} ${path.split(/[?#]/, 1)[0]} → ${answer.ok ? answer.value.status : answer.fault.message}`);
  });
  return { sender: heard, doubts };
}
