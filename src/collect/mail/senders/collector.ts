import { defineCollector } from '../../../core/collector.ts';
import { type CodeFrom, type CodeSender, codeMail } from '../../../evidence/mail-hosts.ts';
import { mailSenders } from '../../../evidence/mail-senders.ts';
import { isBelow } from '../../dns/name.ts';
import { readDependencies } from '../../source/stack/packages.ts';
import { sourceTree, type Tree } from '../../source/tree.ts';

/** Files that may say with what mail is sent. */
const readable = /\.(?:[cm]?[jt]sx?|py|rb|php|go|toml|ya?ml|json|vue|svelte)$|(?:^|\/)(?:\.env[\w.-]*|requirements[\w.-]*\.txt)$/;
const skipped =
  /(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|composer\.lock|launch-ready\.ya?ml)$|\.(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)(?:tests?|__tests__|fixtures|docs)\//;
const largest = 512 * 1024;

/** Reads with which services the code sends mail, and from which addresses. */
export const codeMailCollector = defineCollector({
  provides: codeMail,
  wants: 'repo',
  needs: { tree: sourceTree },
  effects: 'none',
  timeoutMs: 30_000,
  collect: ({ tree }, { target: { domains } }) => Promise.resolve(readCodeMail(tree, domains?.apex)),
});

/** What the files of a repo say; comments count for nothing. `apex`: of the domain map, whose names stand for nothing else even where they look like a sample. */
export function readCodeMail(tree: Tree, apex?: string): { readonly senders: CodeSender[]; readonly from: CodeFrom[] } {
  const senders = new Map<string, CodeSender>();
  const from = new Map<string, CodeFrom>();
  const add = (sender: string, file: string, what: string): void => {
    if (!senders.has(sender)) senders.set(sender, { sender, file, what });
  };
  for (const { name, manifest } of readDependencies(tree))
    for (const { id, packages } of mailSenders) if (packages.includes(name)) add(id, manifest, name);
  for (const { path, bytes, built } of tree.files) {
    if (built || bytes > largest || !readable.test(path) || skipped.test(path)) continue;
    const text = tree.text(path, largest);
    if (text === undefined) continue;
    for (const [sender, what] of sendersIn(text)) add(sender, path, what);
    for (const one of fromIn(text, path, apex)) if (!from.has(one.address)) from.set(one.address, one);
  }
  return { senders: [...senders.values()], from: [...from.values()] };
}

/** A name of an environment variable, or a host in quotes or behind a `=`. */
function* sendersIn(text: string): Generator<readonly [sender: string, what: string]> {
  for (const [name] of text.matchAll(/\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b/g))
    for (const { id, variables } of mailSenders) if (variables.test(name)) yield [id, name];
  for (const { id, hosts } of mailSenders)
    for (const host of hosts) {
      const at = text.indexOf(host);
      if (at >= 0 && /[\s"'`=/.@:]/.test(text[at - 1] ?? ' ') && !/[\w-]/.test(text[at + host.length] ?? '')) yield [id, host];
    }
}

/** `from: 'Acme <app@mail.example.com>'`, `FROM_EMAIL=app@example.com`, `sender_email = "…"`. */
const sender =
  /(?:\bfrom(?:_?e?mail|_?address)?|\b[A-Z0-9_]*(?:FROM|SENDER)[A-Z0-9_]*|\bsender(?:_?e?mail)?|\badmin_email)["']?\s*(?:[:=]|\?\?|\|\|)\s*(?:\(?\s*process\.env\.\w+\s*(?:\?\?|\|\|)\s*)?["'`]?(?:[^"'`\n<@]{0,60}<)?([\w.+-]+@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}))/g;

/** Domains that are nobody's (RFC 2606): whoever writes one means that another is to stand there. */
const isSample = /^(?:example\.(?:com|org|net)|.*\.(?:example|test|invalid|localhost))$/i;

function* fromIn(text: string, file: string, apex: string | undefined): Generator<CodeFrom> {
  const lines = text.split('\n');
  for (const [nth, line] of lines.entries()) {
    if (line.length > 2_000 || /^\s*(?:\/\/|#|\*)/.test(line)) continue;
    for (const [, address = '', domain = ''] of line.matchAll(sender))
      if (!isSample.test(domain) || (apex !== undefined && isBelow(domain.toLowerCase(), apex.toLowerCase())))
        yield { address: address.toLowerCase(), domain: domain.toLowerCase(), file, line: nth + 1 };
  }
}
