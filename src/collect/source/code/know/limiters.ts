import { both, flagged } from '../interpret/state.ts';
import { api, native, type NativeCall, type Value } from '../interpret/value.ts';

/** Limiters that are asked by a method, wherever the app keeps the object: package to that method. */
const asked: Readonly<Record<string, RegExp>> = {
  '@upstash/ratelimit': /^(limit|blockUntilReady)$/,
  'rate-limiter-flexible': /^(consume|penalty)$/,
  limiter: /^(removeTokens|tryRemoveTokens)$/,
};

/** `new Ratelimit({ … }).limit(key)`: what comes after it was counted. */
export function limiterPackage(packageName: string): Value | undefined {
  const method = asked[packageName];
  return method && limiter(packageName, method);
}

const limiter = (packageName: string, method: RegExp): Value =>
  api('limiter', {
    call: () => limiter(packageName, method),
    member: (name) => {
      if (name === 'then') return undefined;
      return method.test(name) ? native((call) => counted(call, packageName)) : limiter(packageName, method);
    },
  });

/** The answer (`{ success }`, or a promise that is rejected) is not followed: that it is asked is what matters. */
function counted({ machine, module, node }: NativeCall, packageName: string): Value {
  if (machine.state) machine.state = both(machine.state, flagged('rate', packageName, module.placeOf(node)));
  return {};
}
