import { valueFor } from '../objects/values.ts';
import { type Field, type Form, schemaOfField } from '../surface/crawl.ts';
import { dangerOf } from '../surface/safety.ts';
import { templateOf } from '../surface/template.ts';
import type { Body } from '../wire/body.ts';
import { bodyOf, isRemoving, isToken } from './page.ts';

const isText = ({ type }: Field): boolean => type === 'text' || type === 'textarea';
/** Looks for something, works something out or says who somebody is: adds nothing. */
const noThing =
  /^(?:q|query|search\w*|filter\w*|keywords?|term|threshold|eqn|expression|address|host|ip|url|captcha\w*|log-?in|user_?name|e?-?mail|sort|page)$/i;
/** Where somebody changes what is there already, or is let in. */
const ofOneself = /settings|profile|account|preferences|password|log-?in|sign-?(?:in|up)|register|auth|search|subscri/i;

/** Fields that are free for anything: not filled in, and no date or number by their name. */
const freeFields = ({ fields }: Form): Field[] =>
  fields.filter((field) => isText(field) && field.value === '' && !noThing.test(field.name) && !isMoment(field) && !isNumber(field));

/** Whether a form adds something, as far as one can tell from it: it is posted, and asks for a text that is not there yet. */
export function isMaker(form: Form): boolean {
  const { method, action, fields } = form;
  if (method !== 'POST' || dangerOf({ method, path: templateOf(action).template }) !== undefined) return false;
  if (isRemoving(action) || ofOneself.test(action.split('?')[0] ?? '') || fields.some(({ type }) => type === 'password')) return false;
  // Who is shown what is there already changes it.
  if (fields.some((field) => isText(field) && field.value !== '' && !isMoment(field) && !isNumber(field))) return false;
  return freeFields(form).length > 0;
}

const isMoment = ({ name, type }: Field): boolean =>
  /^(?:date|datetime-local|time)$/.test(type) || /date|(?:^|_)(?:day|time|until|from|due|at|on)$/i.test(name);
const isNumber = ({ name, type }: Field): boolean =>
  type === 'number' ||
  type === 'range' ||
  /price|amount|quantity|qty|count$|number$|hours|priority|estimate|percent|ratio|position/i.test(name);

/** Seconds since 1970 of a day that is to come. */
const moment = (): string => String(Math.floor(Date.now() / 86_400_000 + 30) * 86_400);

/**
 * Bodies that a form to add something may be sent with, the likeliest first: the mark in every text, and what cannot hold one as its name says; then with
 * times as numbers, and with every short text as a number. What it was served with stays.
 */
export function additions(form: Form, canary: string): Body[] {
  const source = { canary, known: () => undefined };
  const tried = (special: (field: Field) => string | undefined): Body => {
    const values = new Map<string, string>();
    for (const field of form.fields) {
      if (field.type === 'hidden' || isToken(field) || field.options || field.type === 'radio' || field.type === 'checkbox') continue;
      if (field.value !== '' && !isText(field)) continue;
      values.set(
        field.name,
        special(field) ?? (field.value === '' ? String(valueFor(field.name, schemaOfField(field), source)) : field.value),
      );
    }
    return bodyOf(form, values, canary);
  };
  const plain = tried((field) => (field.value === '' && isText(field) && isNumber(field) ? '3' : undefined));
  const seconds = tried((field) => (isText(field) && isMoment(field) ? moment() : isText(field) && isNumber(field) ? '3' : undefined));
  const bare = tried((field) => (isText(field) && (isMoment(field) || isNumber(field)) ? '' : undefined));
  return [...new Map([plain, seconds, bare].map((body) => [JSON.stringify(body), body])).values()];
}

/** A form that holds a thing with this mark in it, to be changed. */
export const isEditOf = (form: Form, canary: string): boolean =>
  form.method === 'POST' &&
  !isRemoving(form.action) &&
  dangerOf({ method: 'POST', path: templateOf(form.action).template }) === undefined &&
  form.fields.some((field) => isText(field) && field.value.includes(canary)) &&
  !form.fields.some(({ type }) => type === 'password');

/** The same form with a new mark behind the first one, in one text. `undefined` where it holds none. */
export function changed(form: Form, canary: string, mark: string): ReadonlyMap<string, string> | undefined {
  const marked = form.fields.filter((field) => isText(field) && field.value.includes(canary));
  const field = marked.find(({ type }) => type === 'textarea') ?? marked.at(-1);
  if (!field) return undefined;
  const values = new Map<string, string>([[field.name, `${canary} ${mark}`]]);
  // What is shown empty, though it was filled in: a moment that only a script puts there.
  for (const other of form.fields) if (isText(other) && other.value === '' && isMoment(other)) values.set(other.name, moment());
  return values;
}
