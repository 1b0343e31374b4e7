import type { Module } from '../module.ts';
import { both, flagged, guarded, type State } from './state.ts';
import { alternativesOf, inputOf, isNullish, type Span, some, type Value } from './value.ts';

const addressHeader =
  /^(?:x-(?:vercel-)?forwarded-for|x-real-ip|x-client-ip|(?:cf|do|fly|fastly)-(?:connecting|client)-ip|true-client-ip|remote-?address|ip)$/i;

/** Functions that hold an address against a list of ranges. */
const rangeTest =
  /ip[-_]?(?:address)?[-_]?(?:is)?[-_]?(?:in|within|match|range|allow)|(?:in|match\w*|contains)[-_]?(?:cidr|subnet|ip[-_]?range)|(?:cidr|subnet)[-_]?(?:match|contains|includes)|allow\w*[-_]?ip/i;

const isSenderAddress = (value: Value): boolean => {
  const present = alternativesOf(value).filter((item) => !item.value.literal && !isNullish(item.value));
  return (
    present.length > 0 &&
    present.every((item) => {
      const input = inputOf(item.value, 1);
      return input?.source === 'header' && addressHeader.test(input.name ?? '');
    })
  );
};

/** What it proves that the sender's network address is one of those the app knows: of a service that calls from addresses of its own. */
export function knownAddress(sender: Value, known: Value, node: Span, module: Module): State | undefined {
  if (!isSenderAddress(sender) || some(known, (value) => value.input !== undefined || value.row !== undefined)) return undefined;
  const place = module.placeOf(node);
  const what = `the sender’s address is a known one: ${module.snippet(node, 80)}`;
  return both(guarded('role', what, place, ['machine']), flagged('proof', what, place));
}

/** The same for a call of a function with such a name; `undefined` for any other call. */
export function addressTest(name: string | undefined, args: readonly Value[], node: Span, module: Module): Value | undefined {
  const [sender, known] = args;
  if (name === undefined || !sender || !known || !rangeTest.test(name)) return undefined;
  const whenTrue = knownAddress(sender, known, node, module) ?? knownAddress(known, sender, node, module);
  return whenTrue && { whenTrue };
}
