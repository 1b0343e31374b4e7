import type { SignInRecipe } from '../evidence/live-recipes.ts';
import type { typed } from './typed.ts';

/** The parts of the shared file that only some ways of signing in need. */
export function signInParts(signIns: readonly SignInRecipe[], t: ReturnType<typeof typed>): string[] {
  const forms = signIns.some(({ entry, signUp }) => entry.page !== undefined || signUp?.page !== undefined);
  const tokens = signIns.some(({ forgeryToken }) => forgeryToken && 'page' in forgeryToken);
  const joins = signIns.some(({ signUp }) => signUp);
  return [
    ...(joins ? [newAccount] : []),
    ...(forms ? [hiddenFields(t)] : []),
    ...(tokens ? [forgeryTokenOn(t)] : []),
    ...(forms || tokens ? [attribute(t)] : []),
  ];
}

type Typed = ReturnType<typeof typed>;

const newAccount = `const newAccount = () => ({
  email: \`launch-ready-\${randomBytes(5).toString('hex')}@example.com\`,
  username: newMark(),
  password: \`Lr9!\${randomBytes(9).toString('base64url')}\`,
});`;

const hiddenFields = (
  t: Typed,
): string => `async function hiddenFields(visitor${t(': Visitor')}, page${t(': string')}, action${t(': string')})${t(': Promise<[string, string][]>')} {
  const { text } = await visitor.send('GET', page);
  const forms = text.split(/<form\\b/i).slice(1);
  const there = forms.find((one) => one.slice(0, one.indexOf('>')).includes(action)) ?? forms[0] ?? '';
  const inputs = there.split(/<\\/form/i)[0]?.match(/<input\\b[^>]*>/gi) ?? [];
  return inputs.filter((input) => /type=["']?hidden/i.test(input)).map((input) => [attribute(input, 'name'), attribute(input, 'value')]);
}`;

const forgeryTokenOn = (
  t: Typed,
): string => `async function forgeryTokenOn(visitor${t(': Visitor')}, page${t(': string')})${t(': Promise<string>')} {
  const { text } = await visitor.send('GET', page);
  const tags = text.match(/<(?:meta|input)\\b[^>]*>/gi) ?? [];
  const meta = tags.find((tag) => attribute(tag, 'name') === 'csrf-token');
  if (meta) return attribute(meta, 'content');
  const hidden = tags.find((tag) => /type=["']?hidden/i.test(tag) && /csrf|xsrf|authenticity|_token$/i.test(attribute(tag, 'name')));
  return hidden ? attribute(hidden, 'value') : '';
}`;

const attribute = (t: Typed): string => `const attribute = (tag${t(': string')}, name${t(': string')}) =>
  (new RegExp(\`\\\\s\${name}=(?:"([^"]*)"|'([^']*)')\`, 'i').exec(tag)?.slice(1).find((one) => one !== undefined) ?? '')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');`;
