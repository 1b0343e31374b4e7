import { answerOnce, hasAnswered } from '../interpret/answering.ts';
import { api, literal, type Machine, native, type NativeCall, unknown, type Value } from '../interpret/value.ts';
import { noteSecrets } from './effects.ts';
import { maybeUser } from './identity.ts';
import { refuses } from './status.ts';
import { response } from './web.ts';

const sends = new Set(['json', 'send', 'end', 'render', 'sendFile', 'download', 'jsonp']);

/** The response of Node, Express and Next's `pages/api`: sending is an answer unless the status turns the caller away. */
export function nodeResponse(status: Value = unknown): Value {
  const self: Value = api('response', {
    data: new Map<string, Value>(),
    member: (name, call) => {
      if (name === 'status' || name === 'code' || name === 'writeHead') return native(({ args }) => nodeResponse(args[0] ?? unknown));
      if (sends.has(name)) return native((inner) => send(inner, status));
      if (name === 'write') return native((inner) => write(inner, status));
      if (name === 'sendStatus') return native((inner) => answerOnce(inner.machine, refuses(inner.args[0] ?? unknown) === true));
      if (name === 'redirect') return native(({ machine }) => (answerOnce(machine, true), response(literal(302))));
      if (name === 'locals') return localsOf(call.machine);
      if (name === 'headersSent' || name === 'writableEnded') return hasAnswered(call.machine.state);
      if (name === 'statusCode') return unknown;
      return native(() => self);
    },
  });
  return self;
}

function send(call: NativeCall, status: Value): Value {
  noteSecrets(call, call.args[0]);
  return answerOnce(call.machine, refuses(status) === true);
}

// More may follow what is written, until the response ends.
function write(call: NativeCall, status: Value): Value {
  const { machine } = call;
  const { state } = machine;
  const answer = send(call, status);
  machine.state = state;
  return answer;
}

const locals = new WeakMap<object, Value>();
function localsOf(machine: Machine): Value {
  let value = locals.get(machine.log);
  if (!value)
    locals.set(
      machine.log,
      (value = api('locals', {
        data: new Map<string, Value>(),
        member: (name, call) =>
          /^(user|account|session|auth|currentUser)$/.test(name) ? maybeUser(call, `res.locals.${name} is set`) : undefined,
      })),
    );
  return value;
}
