import type { SideEffect } from '../../../../evidence/routes.ts';
import type { State } from '../interpret/state.ts';
import { inputOf, some, type Value } from '../interpret/value.ts';

/** Fields that fill the gaps of a text of ours. A code is none: one that the caller may choose is a message. */
const gap =
  /^(?:(?:user|first|last|full|display|given|family|contact|customer|client|company|business|org\w*|team|recipient)_?)?name$|^(?:\w+_?)?e?_?mail(?:_?address)?$|^(?:x-|accept-)?(?:locale|lang|language|time-?_?zone)$|[a-z](?:Name|Email)$/i;

/** The address that a browser or proxy says the app is asked under. */
const ownAddress = /^(?:origin|host|referer|x-forwarded-(?:host|proto)|x-original-host)$/i;

function inputsOf(value: Value): NonNullable<Value['input']>[] {
  const found: NonNullable<Value['input']>[] = [];
  some(
    value,
    (inner) => {
      if (inner.input) found.push(inner.input);
      return false;
    },
    6,
  );
  return found;
}

type Parts = Readonly<Record<string, Value | undefined>>;

/** What a mail is beyond the fields that come from the request. */
export function mailFacts(state: State, parts: Parts, fromInput: readonly string[]): Pick<SideEffect, 'filled' | 'misled' | 'registered'> {
  const filled = filledIn(parts).filter((name) => fromInput.includes(name));
  const misled = linksElsewhere(parts);
  return {
    ...(filled.length > 0 && { filled }),
    ...(misled.length > 0 && { misled }),
    ...(goesToKnown(state, parts['to']) && { registered: true }),
  };
}

/** Which of a mail's texts are the app's own but for a name or an address of the caller's. */
function filledIn(parts: Parts): string[] {
  return Object.entries(parts).flatMap(([name, value]) =>
    name !== 'to' && value && !value.input && inputsOf(value).every((input) => gap.test(input.name ?? '')) ? [name] : [],
  );
}

/** Which of a mail's texts hold an address of the app that the request's headers decide: a link in it leads wherever the sender says. */
function linksElsewhere(parts: Parts): string[] {
  return Object.entries(parts).flatMap(([name, value]) => {
    const free = value ? inputsOf(value).filter((input) => !gap.test(input.name ?? '')) : [];
    return name !== 'to' && free.length > 0 && free.every((input) => input.source === 'header' && ownAddress.test(input.name ?? ''))
      ? [name]
      : [];
  });
}

/** Names what the caller sent in `registered:…` flags: a row was found by it. */
export const registeredFlag = (value: Value): `registered:${string}` | undefined => {
  const input = inputOf(value);
  return input?.name === undefined || input.name === 'derived' || input.name === 'validated'
    ? undefined
    : `registered:${input.source}.${input.name}`;
};

/** True where the recipient is an address that the app has a row of. */
function goesToKnown(state: State, to: Value | undefined): boolean {
  const flag = to && registeredFlag(to);
  return flag !== undefined && state.flags.has(flag);
}
