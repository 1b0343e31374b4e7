import { flagged, guarded, both } from '../interpret/state.ts';
import { api, inputOf, literal, native, type NativeCall, object, some, stringOf, unknown, type Value } from '../interpret/value.ts';
import { raise } from './identity.ts';

/** What a provider gave for the code that the caller brought back from its login page. */
const granted: Value = { from: { package: 'oauth', name: 'tokens' } };

const isGranted = (value: Value): boolean => value.from?.package === 'oauth';

const tokenEndpoint = /oauth[\w./-]*token|\/token\b|access_token/i;
const codeField = /^(?:authorization_?)?code$/i;

/** Where providers that people sign in with say who holds a token. */
const whoAmI =
  /api\.github\.com\/user|googleapis\.com\/(?:oauth2|userinfo)|graph\.facebook\.com\/(?:v[\d.]+\/)?me|graph\.microsoft\.com\/(?:v[\d.]+|beta)\/me|discord(?:app)?\.com\/api\/(?:v\d+\/)?users\/@me|api\.linkedin\.com\/v2\/(?:userinfo|me)|api\.(?:twitter|x)\.com\/2\/users\/me|\/api\/v4\/user\b|api\.spotify\.com\/v1\/me|kapi\.kakao\.com|openapi\.naver\.com|\/oidc\/userinfo|openid-connect\/userinfo/i;

/** Text that grows by the parameters put on it: an address, or a form (`new URLSearchParams({ code })`). */
function growing(text: string, params: Value[]): Value {
  const whole = (): Value =>
    params.length === 0 ? literal(text) : { parts: [text, ...params.flatMap((value, nth) => [nth === 0 ? '?' : '&', value])] };
  const put = native(({ args }) => (args[1] && params.length < 20 && params.push(args[1]), unknown));
  return api('address', {
    data: whole,
    member: (name) => {
      if (name === 'searchParams') return growing(text, params);
      if (name === 'set' || name === 'append') return put;
      if (name === 'href') return whole();
      return name === 'toString' ? native(() => whole()) : undefined;
    },
  });
}

/** A constant address. */
export const addressOf = (text: string): Value => growing(text, []);

/** `new URLSearchParams(x)`: those of the request stay the request's. */
export const searchParamsClass: Value = api('URLSearchParams', {
  call: ({ args: [first] }) =>
    first?.props
      ? growing('', [...first.props.values()].slice(0, 20))
      : first && (first.input ?? first.parts ?? first.items)
        ? first
        : growing('', []),
});

const spelled = (value: Value): Value => (value.api?.kind === 'address' ? (value.api.data as () => Value)() : value);

/**
 * The answer to a request that is a step of "sign in with …": the caller's code is exchanged for tokens, or the provider is asked whose
 * they are. Only the provider can have given a code that it takes back, so what it then says is who is calling.
 */
export function signInStep(call: NativeCall): Value | undefined {
  const [target] = call.args;
  if (!target) return undefined;
  const address = spelled(target);
  const url = stringOf(address) ?? address.parts?.map((part) => (typeof part === 'string' ? part : '')).join('') ?? '';
  const sent = [address, ...call.args.slice(1), ...call.args.flatMap((arg) => [...(arg.props?.values() ?? []), arg].map(spelled))];
  const carries = (test: (value: Value) => boolean): boolean => sent.some((value) => some(value, test, 5));
  if (whoAmI.test(url) && carries(isGranted)) return answer((json) => told(json, `signed in with ${/\/\/([^/]+)/.exec(url)?.[1] ?? url}`));
  if (tokenEndpoint.test(url) && carries((value) => value.input !== undefined && codeField.test(value.input.name ?? '')))
    return answer(() => granted);
  return undefined;
}

const answer = (body: (call: NativeCall) => Value): Value =>
  api('fetched', {
    member: (name, call) =>
      name === 'json' || name === 'text'
        ? native(body)
        : name === 'data'
          ? body({ ...call, args: [] })
          : name === 'ok'
            ? unknown
            : undefined,
  });

function told(call: NativeCall, what: string): Value {
  const place = call.module.placeOf(call.node);
  raise(call, both(guarded('identity', what, place), flagged('proof', what, place)));
  return { who: { level: 'identity', part: 'user' } };
}

/** Libraries that do the exchange, or check the provider's signed statement. */
export function signInPackage(packageName: string, name: string): Value | undefined {
  if (packageName === 'arctic') {
    if (name === 'decodeIdToken')
      return native((call) => (call.args.some((arg) => isGranted(arg)) ? told(call, 'the provider’s id token') : unknown));
    return /^[A-Z]/.test(name) ? api('oauth-client', { call: () => exchanger, member: () => undefined }) : undefined;
  }
  if (packageName === 'google-auth-library' && name === 'OAuth2Client') return api('oauth-client', { call: () => exchanger });
  return undefined;
}

const exchanger: Value = api('oauth-client', {
  member: (name) => {
    if (name === 'validateAuthorizationCode' || name === 'getToken')
      return native(({ args }) => (args.some((arg) => inputOf(arg) !== undefined) ? tokens : unknown));
    if (name === 'verifyIdToken')
      return native((call) => {
        const who = told(call, 'verifyIdToken() of the provider’s token');
        return object({ getPayload: native(() => who), getUserId: native(() => who) }, true);
      });
    return undefined;
  },
});

const tokens: Value = {
  ...granted,
  props: new Map<string, Value>([
    ['accessToken', native(() => granted)],
    ['idToken', native(() => granted)],
    ['tokens', granted],
  ]),
  open: true,
};
