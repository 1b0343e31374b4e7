import { getDomain } from 'tldts';
import { type RawMessage, valuesOf } from '../dkim/message.ts';
import { withoutComments } from './results.ts';

/** Fields that stand once at most (RFC 5322 §3.6), as they are written. */
const single = [
  'From',
  'Sender',
  'Reply-To',
  'To',
  'Cc',
  'Message-ID',
  'In-Reply-To',
  'References',
  'Subject',
  'Date',
  'MIME-Version',
  'Content-Type',
];
/** Hours that a date may be off before spam filters count it. */
const hoursOff = 3;
/** Bytes of a line without its end (RFC 5322 §2.1.1). */
const longestLine = 998;

/** What is known of the way of a mail. */
export interface FormContext {
  /** Nobody who completes mails had it yet: what is not there may still be added. */
  readonly unfinished: boolean;
  /** The Received by which it came to its receiver; absent: nothing tells. */
  readonly received?: string;
  /** Domain of From; absent where it names none or several. */
  readonly from?: string;
  /** Now, milliseconds. */
  readonly now: number;
}

/** What is wrong with a mail by RFC 5322 and MIME, in words that follow "it"; none: it is as it should be. */
export function formFaults(message: RawMessage, context: FormContext): string[] {
  const { unfinished, received, now } = context;
  const count = (name: string): number => valuesOf(message, name).length;
  const twice = single.filter((name) => count(name.toLowerCase()) > 1);
  return [
    ...twice.map((name) => `it has ${count(name.toLowerCase())} fields ${name}`),
    ...(count('from') === 0 ? ['it has no From'] : []),
    ...idFaults(valuesOf(message, 'message-id'), context),
    ...dateFaults(valuesOf(message, 'date'), unfinished, received, now),
    ...mimeFaults(message),
  ];
}

/** `<something@domain>` (RFC 5322 §3.6.4); what stands before the @ may be in quotes, as older programs write it (§4.5.4). */
const idForm = /^<(?:[^\s<>@]+|(?:"(?:[^"\\]|\\.)*"|[^\s<>@"])+)@([^\s<>@]+)>$/;

function idFaults(ids: readonly string[], { unfinished, received, from }: FormContext): string[] {
  const [id] = ids;
  if (id === undefined) return unfinished ? [] : ['it has no Message-ID'];
  const [, domain = ''] = idForm.exec(id.trim()) ?? [];
  if (/SMTPIN_ADDED_(?:MISSING|BROKEN)/.test(id)) return ['it came without a Message-ID that is one, and Gmail had to add one'];
  if (domain === '') return ['its Message-ID is not of the form <something@domain>'];
  // Whoever takes a mail of a program that signs in completes it, as it should (RFC 6409 §8.3).
  const isSubmitted = received !== undefined && /\swith\s+(?:UTF8)?E?SMTPS?A\b/i.test(received);
  const by = received === undefined ? undefined : /\sby\s+([^\s;()]+)/i.exec(received)?.[1]?.toLowerCase();
  // A domain that takes its own mail may have its programs name that very server.
  const isOther = from !== undefined && by !== undefined && registered(from) !== registered(by);
  return isOther && by === domain.toLowerCase() && !isSubmitted ? [`it came without a Message-ID, and ${by} had to add one`] : [];
}

const registered = (name: string): string => getDomain(name, { validateHostname: false }) ?? name;

function dateFaults(dates: readonly string[], unfinished: boolean, received: string | undefined, now: number): string[] {
  const [date] = dates;
  if (date === undefined) return unfinished ? [] : ['it has no Date'];
  const at = timeOf(date);
  if (at === undefined) return ['its Date is none'];
  // By the clock of the receiver where it is told: ours may be wrong.
  const came = (received === undefined ? undefined : timeOf(received.slice(received.lastIndexOf(';') + 1))) ?? now;
  const hours = (at - came) / 3_600_000;
  if (Math.abs(hours) <= hoursOff) return [];
  const far = Math.abs(hours) < 48 ? `${Math.round(Math.abs(hours))} hours` : `${Math.round(Math.abs(hours) / 24)} days`;
  return [`its Date is ${far} ${hours > 0 ? 'ahead' : 'behind'}`];
}

/** `Tue, 1 Dec 2026 08:00:00 +0100 (CET)`, milliseconds; `undefined` for what is no date and time with a zone (RFC 5322 §3.3). */
function timeOf(text: string): number | undefined {
  const plain = withoutComments(text).replace(/\s+/g, ' ').trim();
  if (!/^(?:[A-Za-z]{3}, ?)?\d{1,2} [A-Za-z]{3} \d{2,4} \d{1,2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|[A-Z]{1,5})$/.test(plain)) return undefined;
  const at = Date.parse(plain);
  return Number.isNaN(at) ? undefined : at;
}

function mimeFaults(message: RawMessage): string[] {
  const [type = ''] = valuesOf(message, 'content-type');
  const faults: string[] = [];
  if (type !== '' && valuesOf(message, 'mime-version').length === 0) faults.push('it has a Content-Type and no MIME-Version');
  if (/^multipart\//i.test(type)) {
    const [, quoted, bare] = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(type) ?? [];
    const boundary = (quoted ?? bare ?? '').trimEnd();
    if (boundary === '') faults.push('it has parts, and no boundary between them');
    else if (!`\r\n${message.body}`.includes(`\r\n--${boundary}`)) faults.push('the boundary that it names stands nowhere in it');
    else if (!message.body.includes(`\r\n--${boundary}--`)) faults.push('its last part has no end');
  }
  // Receivers put lines of their own on top, of any length: those of the sender are the usual ones.
  const usual = message.fields.filter(({ name }) => single.some((one) => one.toLowerCase() === name)).map(({ raw }) => raw);
  if (`${usual.join('\r\n')}\r\n${message.body}`.split('\r\n').some((line) => line.length > longestLine))
    faults.push(`it has lines of more than ${longestLine} characters`);
  return faults;
}
