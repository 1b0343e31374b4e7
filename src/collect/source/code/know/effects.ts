import { provedLevel } from './access.ts';
import { choosesHost } from './address.ts';
import { mailFacts } from './mail-text.ts';
import { showsTokenOfNamed } from './signed-token.ts';
import { signInStep } from './sign-in-with.ts';
import { verifierOf } from './webhooks.ts';
import type { SideEffect } from '../../../../evidence/routes.ts';
import { recordEffect } from '../interpret/log.ts';
import { api, inputOf, native, type NativeCall, some, stringOf, unknown, type Value } from '../interpret/value.ts';

/** Notes an effect with the arguments that come from the request. */
export function effect(call: NativeCall, kind: SideEffect['kind'], what: string, parts: Readonly<Record<string, Value | undefined>>): void {
  const { machine, module, node } = call;
  if (!machine.state) return;
  const fromInput = Object.entries(parts).flatMap(([name, value]) => (value && inputOf(value) ? [name] : []));
  const restricted = machine.state.flags.has('restricted-url');
  recordEffect(
    machine.log,
    {
      kind,
      what,
      place: module.placeOf(node),
      auth: provedLevel(machine.state),
      fromInput,
      ...(restricted && { restricted }),
      ...(kind === 'mail' && mailFacts(machine.state, parts, fromInput)),
    },
    machine.state,
  );
}

const mailSenders = new Set([
  'resend',
  'nodemailer',
  '@sendgrid/mail',
  'postmark',
  'mailgun.js',
  'mailgun-js',
  '@aws-sdk/client-ses',
  '@aws-sdk/client-sesv2',
  'mailersend',
  '@getbrevo/brevo',
  'sib-api-v3-sdk',
  'node-mailjet',
  'emailjs',
  '@sendinblue/client',
  'plunk-node',
  '@plunk/node',
  'loops',
  'denomailer',
  'mailtrap',
]);
const sendNames = /^(send|sendMail|sendEmail|sendMessage|sendTransacEmail|sendEmailWithTemplate|sendMultiple|sendTransactionalEmail)$/;
const paid = new Set([
  'openai',
  '@anthropic-ai/sdk',
  '@google/generative-ai',
  '@google/genai',
  'ai',
  'groq-sdk',
  'replicate',
  'twilio',
  '@mistralai/mistralai',
  'cohere-ai',
  'elevenlabs',
]);

/** Libraries that send mail, or that cost money a call. */
export function effectPackage(packageName: string, name: string): Value | undefined {
  const verifier = verifierOf(packageName, name);
  if (verifier) return verifier;
  if (mailSenders.has(packageName)) return mailLibrary(packageName, name);
  if (paid.has(packageName)) return paidLibrary(packageName, name);
  return undefined;
}

const mailLibrary = (packageName: string, path: string): Value =>
  api('mail', {
    call: (call) =>
      sendNames.test(path)
        ? (sendMail(call, `${packageName} ${path}`), unknown)
        : /Command$/.test(path)
          ? { props: new Map([['mail', call.args[0] ?? unknown]]), open: true }
          : mailLibrary(packageName, path),
    member: (member) =>
      member === 'then' || member === 'catch' || member === 'finally'
        ? undefined
        : (verifierOf(packageName, member) ?? mailLibrary(packageName, member)),
  });

function sendMail(call: NativeCall, what: string): void {
  const message = call.args.find((arg) => arg.props || arg.alternatives || arg.input) ?? unknown;
  const whole = message.props?.get('mail') ?? message;
  const field = (...names: string[]): Value | undefined =>
    names
      .map((name) => whole.props?.get(name) ?? (whole.input && !whole.props ? { input: whole.input } : undefined))
      .find((value) => value !== undefined);
  effect(call, 'mail', what, {
    to: field('to', 'To', 'Destination', 'destination', 'personalizations'),
    subject: field('subject', 'Subject'),
    html: field('html', 'text', 'HtmlBody', 'body', 'Message', 'react'),
  });
}

const paidLibrary = (packageName: string, path: string): Value =>
  api('paid', {
    call: (call) => {
      if (/^(create|generateText|streamText|generateObject|streamObject|generateContent|run|parse|stream)$/.test(path)) {
        effect(call, 'paid-service', `${packageName} ${path}`, { prompt: call.args[0] });
        return unknown;
      }
      return paidLibrary(packageName, path);
    },
    member: (member) =>
      member === 'then' || member === 'catch' || member === 'finally'
        ? undefined
        : (verifierOf(packageName, member) ?? paidLibrary(packageName, member)),
  });

const mailHosts =
  /api\.(?:resend|sendgrid|brevo|mailersend|postmarkapp|mailgun|sendinblue)|smtp2go|mailjet|mandrillapp|email\.[a-z0-9-]+\.amazonaws/i;
const paidHosts =
  /api\.openai\.com|api\.anthropic\.com|generativelanguage\.googleapis|ai\.gateway\.lovable|openrouter\.ai|api\.groq\.com|api\.twilio\.com|api\.elevenlabs/i;

/** `fetch`, `axios`, `got`: a request to an address of the caller's choosing, or to a mail or paid service. */
export const fetchFunction: Value = native((call) => {
  const [target, init] = call.args;
  if (target) outgoing(call, target, init?.props?.get('body') ?? init?.props?.get('data'));
  return signInStep(call) ?? remoteAnswer;
});

const remoteAnswer: Value = {
  api: {
    kind: 'fetched',
    member: (name) =>
      name === 'json' || name === 'text' || name === 'arrayBuffer' || name === 'blob'
        ? native(() => unknown)
        : name === 'ok'
          ? unknown
          : undefined,
  },
};

/** Records what a request to `target` means. */
export function outgoing(call: NativeCall, target: Value, body: Value | undefined): void {
  const url = textOf(target);
  if (mailHosts.test(url)) {
    const message = body ?? unknown;
    const inner = message.props ?? new Map<string, Value>();
    effect(call, 'mail', `request to ${hostOf(url)}`, {
      to: inner.get('to') ?? inner.get('personalizations') ?? (message.input ? message : undefined),
      subject: inner.get('subject') ?? (message.input ? message : undefined),
      html: inner.get('html') ?? inner.get('text') ?? inner.get('content') ?? (message.input ? message : undefined),
    });
  } else if (paidHosts.test(url)) effect(call, 'paid-service', `request to ${hostOf(url)}`, { prompt: body });
  else if (choosesHost(target)) effect(call, 'fetch', call.module.snippet(call.node, 80), { url: target });
}

const hostOf = (url: string): string => /\/\/([^/]+)/.exec(url)?.[1] ?? url;
const textOf = (value: Value): string =>
  stringOf(value) ?? value.parts?.map((part) => (typeof part === 'string' ? part : '')).join('') ?? '';

/** Modules that fetch. */
export function fetchPackage(packageName: string, name: string): Value | undefined {
  if (
    !['axios', 'got', 'node-fetch', 'ky', 'undici', 'cross-fetch', 'ofetch', 'superagent', 'needle', 'isomorphic-fetch'].includes(
      packageName,
    )
  )
    return undefined;
  if (name === 'fetch' || name === 'request' || name === '$fetch' || name === 'ofetch') return fetchFunction;
  const client: Value = api('http-client', {
    call: (call) => (fetchFunction.native as NonNullable<Value['native']>)(call),
    member: (member) =>
      /^(get|post|put|patch|delete|head|request|stream)$/.test(member)
        ? native(
            (call) => (
              call.args[0] &&
                outgoing(call, call.args[0].props?.get('url') ?? call.args[0], call.args[1]?.props?.get('data') ?? call.args[1]),
              signInStep(call) ?? { props: new Map([['data', unknown]]), open: true }
            ),
          )
        : member === 'create' || member === 'extend'
          ? native(() => client)
          : undefined,
  });
  return name === 'default' || name === '*' ? client : undefined;
}

// By these prefixes build tools put a variable into the page, and Firebase's web key is made to stand there.
const openName =
  /^(?:VITE|REACT_APP|GATSBY|EXPO_PUBLIC|NUXT_PUBLIC)_|FIREBASE_(?:WEB_)?API_KEY$|PUBLIC|ANON|PUBLISHABLE|URL$|VERSION|COMMIT|_ENV$|REGION|HOST$|NAME$|PORT$|SITE|DSN|_ID$/;

/** Notes an answer that shows the server's settings to whoever asks. */
export function noteSecrets(call: NativeCall, body: Value | undefined): void {
  if (!body) return;
  if (showsTokenOfNamed(body) && !call.machine.state?.flags.has('proof'))
    effect(call, 'token-response', 'a token signed for the account that the caller names', {});
  if (some(body, (value) => value.api?.kind === 'environment')) effect(call, 'secret-response', 'process.env', {});
  let shown: string | undefined;
  some(body, (value) => {
    if (value.env !== undefined && !openName.test(value.env) && !value.digest && !value.keyed) shown ??= value.env;
    return false;
  });
  if (shown !== undefined && /SECRET|KEY|TOKEN|PASSWORD|PASS$/.test(shown)) effect(call, 'secret-response', shown, {});
}
