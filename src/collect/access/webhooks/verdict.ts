import type { WebhookTrial } from '../../../evidence/live-webhooks.ts';
import type { Answer } from '../wire/sender.ts';

/** What can be said of one question. */
export type Verdict = Pick<WebhookTrial, 'outcome' | 'text'>;

/** What came back for one message. */
export interface Tried {
  /** What was wrong with it, e.g. `without a signature`. */
  readonly how: string;
  /** Absent where no answer came. */
  readonly answer?: Answer;
}

/** All that was seen of messages that nobody should believe, and of the right one beside them. */
export interface Forgeries {
  readonly forged: readonly Tried[];
  /** Absent: the secret is not known. */
  readonly signed?: Tried;
  /** Where a forged one was taken: contents that mean nothing, forged in the same way, and rightly signed. */
  readonly odd: readonly { readonly forged?: Answer; readonly signed?: Answer }[];
  /** What people saw afterwards that they had not seen before. */
  readonly effects: { readonly forged: readonly string[]; readonly signed: readonly string[] };
}

const ok = (answer: Answer | undefined): boolean => answer !== undefined && answer.status >= 200 && answer.status < 300;

/** Ids, times and numbers differ between answers that mean the same. */
const calm = ({ status, text }: Answer): string => `${status} ${text.replace(/[\w-]{16,}|\d+/g, '')}`;

/** Whether two answers mean the same. */
export const alike = (one: Answer | undefined, other: Answer | undefined): boolean =>
  one !== undefined && other !== undefined && calm(one) === calm(other);

const unknown = (text: string): Verdict => ({ outcome: 'unknown', text });
const holds = (text: string): Verdict => ({ outcome: 'holds', text });
const broken = (text: string): Verdict => ({ outcome: 'broken', text });

/**
 * Whether a webhook believes whoever sends it something. A 2xx alone says nothing: many answer it to everybody and ignore what they cannot
 * verify. Three things say more: people see what the forged message did, and a right one does no more; the forged one is answered like the right
 * one while others are refused; or the answer depends on what an unsigned message says and not on the signature.
 */
export function judgeUnsigned({ forged, signed, odd, effects }: Forgeries): Verdict {
  const answers = forged.map(({ answer }) => answer);
  if (answers.includes(undefined) || (signed && !signed.answer)) return unknown('it did not answer');
  if (answers.some((answer) => answer?.status === 429)) return unknown('it takes only so many messages in a while');
  const all = [...answers, signed?.answer].filter((answer) => answer !== undefined);
  if (all.every(({ status }) => status === 404 || status === 405)) return unknown('nothing takes messages there');
  const taken = forged.filter(({ answer }) => ok(answer));
  if (taken.length === 0) return refused(answers, signed?.answer);
  if (signed && !ok(signed.answer)) return unknown(`a message with the right signature was not taken (${String(signed.answer?.status)})`);
  const [first] = taken;
  const how = first?.how ?? '';
  if (effects.forged.length > 0 && effects.signed.every((effect) => effects.forged.includes(effect)))
    return broken(`it acted on a message ${how}: ${effects.forged.slice(0, 2).join('; ')}`);
  if (effects.signed.length > 0) return holds('it answers that all is well to everybody, and acts only on what is rightly signed');
  const reads = odd.some((one) => one.forged !== undefined && !ok(one.forged));
  const some = taken.length < forged.length;
  if (!signed)
    return some && reads
      ? broken(`it takes a message ${how}, though it refuses others`)
      : unknown(
          reads
            ? `it takes a message ${how} and looks at what it says; whether it acts on it could not be seen`
            : 'it answers every message with success; whether it acts on them could not be seen',
        );
  const same = taken.find(({ answer }) => alike(answer, signed.answer));
  if (!same) return holds('it answers a forged message differently from one that is rightly signed');
  // It looks at what is signed more closely: who refuses nothing aloud may still ignore it.
  if (odd.some((one) => one.forged && one.signed && !alike(one.forged, one.signed)))
    return holds('it answers that all is well to everybody, and looks only at what is rightly signed');
  if (some) return broken(`it takes a message ${same.how} just like one that is rightly signed`);
  return reads
    ? broken('it looks at what a message says and never at its signature')
    : unknown('it answers every message with success; whether it acts on them could not be seen');
}

/** All forged messages were refused: for their signature, or for something else? */
function refused(forged: readonly (Answer | undefined)[], signed: Answer | undefined): Verdict {
  if (ok(signed)) return holds('it takes a message that is rightly signed and refuses all others');
  if (signed)
    return forged.some((answer) => alike(answer, signed))
      ? unknown(`it refuses a message with the right signature like one with a wrong one (${signed.status}); is the secret the right one?`)
      : holds(`it refuses forged messages for their signature; what a rightly signed one of ours said was not taken (${signed.status})`);
  // Without the secret, only what it says of the reason tells a wrong signature from contents that it does not take.
  return forged.every(
    (answer) => answer !== undefined && (answer.status === 401 || answer.status === 403 || /signature|hmac/i.test(answer.text)),
  )
    ? holds('it refuses messages that are not rightly signed')
    : unknown(`it refuses our messages (${String(forged[0]?.status)}), maybe for what they say`);
}

/** An old message that is rightly signed, and what came of it. */
export interface Old {
  readonly answer?: Answer;
  /** Whether people saw what it did. */
  readonly shown: boolean;
}

/**
 * Whether a message is still taken long after it was sent. `shown`: people saw what the one of just now did; where all are answered alike, that is
 * how to tell.
 */
export function judgeStale(
  unsigned: Verdict,
  { forged, signed }: Pick<Forgeries, 'forged' | 'signed'>,
  shown: boolean,
  old: { readonly tenMinutes: Old; readonly day: Old } | undefined,
): Verdict {
  if (unsigned.outcome === 'broken') return { outcome: 'none', text: 'where signatures do not count, neither do times' };
  const telling = !forged.some(({ answer }) => alike(answer, signed?.answer));
  if (!ok(signed?.answer) || unsigned.outcome === 'unknown' || !(telling || shown))
    return unknown('it could not be told whether a message was taken');
  if (!old?.day.answer || !old.tenMinutes.answer) return unknown('it did not answer');
  const taken = (one: Old): boolean => (telling ? alike(one.answer, signed?.answer) : one.shown);
  if (taken(old.day)) return broken('it takes a message that was signed a day ago like one of just now');
  return holds(
    taken(old.tenMinutes)
      ? 'it takes a message that was signed ten minutes ago, and refuses one a day old'
      : 'it refuses a message that was signed ten minutes ago',
  );
}

/** Words by which an app says that it knows a message already. */
const known = /duplicate|already|repeated|ignored|skipped|seen before|exists/i;

/** Whether a message counts each time it is delivered. Providers deliver again, so taking it again is right; acting on it again is not. */
export function judgeReplay(
  unsigned: Verdict,
  first: Answer | undefined,
  again: Answer | undefined,
  { visible, counted }: { readonly visible: boolean; readonly counted: readonly string[] },
): Verdict {
  if (unsigned.outcome === 'broken') return { outcome: 'none', text: 'whoever can send anything need not repeat it' };
  if (!ok(first)) return unknown('no message of ours was taken, so none could be repeated');
  if (!again) return unknown('it did not answer');
  if (counted.length > 0) return broken(`the same message counted twice: ${counted.slice(0, 2).join('; ')}`);
  if (!ok(again)) return holds(`the same message was refused the second time (${again.status})`);
  if (visible) return holds('the same message was taken a second time and changed nothing more');
  return !alike(first, again) && known.test(again.text)
    ? holds('it says that it knows the message already')
    : unknown('the same message was taken a second time; what it does is not seen by anybody we can sign in as');
}
