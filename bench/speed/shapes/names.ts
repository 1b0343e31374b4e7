import type { Random } from '../random.ts';

const nouns = ['invoice', 'matter', 'task', 'client', 'project', 'contract', 'approval', 'message', 'document', 'payment', 'invite', 'report', 'ticket', 'booking', 'product', 'order', 'review', 'campaign', 'asset', 'visit'] as const; // prettier-ignore
const kinds = ['', 'draft', 'archived', 'shared', 'recurring', 'external'] as const;
const verbs = ['format', 'group', 'merge', 'pick', 'sort', 'sum', 'normalize', 'parse', 'filter', 'compare'] as const;
const fields = ['status', 'amount', 'dueAt', 'title', 'notes', 'priority', 'reference', 'currency', 'quantity', 'category'] as const;

export interface Entity {
  /** `recurringInvoice` */
  readonly camel: string;
  /** `RecurringInvoice` */
  readonly pascal: string;
  /** `recurring-invoices` */
  readonly path: string;
  /** `recurring_invoices` */
  readonly table: string;
}

export const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The nth thing that the app is about; there are 120. */
export function entity(nth: number): Entity {
  const noun = nouns[nth % nouns.length] ?? 'invoice';
  const kind = kinds[Math.floor(nth / nouns.length) % kinds.length] ?? '';
  const camel = kind === '' ? noun : kind + upper(noun);
  const words = kind === '' ? noun : `${kind}-${noun}`;
  return { camel, pascal: upper(camel), path: `${words}s`, table: `${words.replace('-', '_')}s` };
}

export const entities = nouns.length * kinds.length;
export const verb = (random: Random): string => random.pick(verbs);
export const field = (random: Random): string => random.pick(fields);
export { fields };
