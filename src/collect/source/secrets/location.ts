import type { SecretLocation } from '../../../evidence/secrets.ts';
import type { TreeFile } from '../tree.ts';

/** Where a file belongs and how closely it is read for secrets. */
export interface Reading {
  readonly location: SecretLocation;
  readonly names: boolean;
  readonly lines: boolean;
  readonly code: boolean;
  readonly certainOnly: boolean;
}

const pictures =
  /\.(?:png|jpe?g|gif|webp|avif|ico|icns|bmp|tiff?|heic|woff2?|ttf|otf|eot|mp[34]|m4[av]|mov|webm|avi|wav|ogg|flac|pdf|docx?|xlsx?|pptx?|psd|ai|sketch|fig|exe|dll|dylib|node|wasm|pyc|class|glb|gltf|stl|parquet|npy|onnx|bin|dat|pack|idx|gz\.enc|br)$/i;

/** True for kinds of file that hold no text worth reading. */
export const isPicture = (path: string): boolean => pictures.test(path);

/** Binary content by its NUL bytes, but with strings of an app's code in it: Hermes and JavaScriptCore bundles, small databases. */
export const isReadableBinary = (path: string): boolean => /\.(?:bundle|jsbundle|hbc|sqlite3?|db|so|dex|arsc|plist)$/i.test(path);

const envFile =
  /(?:^|\/)(?:\.env(?:rc)?(?:[._-][\w.-]+)?|[\w.-]*\.env(?:\.\w+)?|\.dev\.vars(?:\.\w+)?|\.flaskenv|env\.(?:local|prod|production|dev|development|staging)|env[._-][\w.-]*(?:example|sample|template)[\w.-]*)$/i;
const envSample =
  /(?:^|[._-])(?:example|sample|template|tmpl|dist|defaults?|schema|test|testing|ci|e2e|vault|keys|d)(?:[._-]|$)|\.(?:[cm]?[jt]sx?|md|mdx|html|png)$/i;
const testCode =
  /(?:^|\/)(?:__tests__|__mocks__|__fixtures__|__snapshots__|tests?|specs?|e2e|cypress|playwright|fixtures?|mocks?|testdata|test-data|test-utils|testing|stories|storybook|msw)\/|[._-](?:test|tests|spec|stories|story|mock|mocks|fixture|fixtures|cy|e2e)\.[\w.]+$|(?:^|\/)(?:playwright|vitest|jest|cypress|wdio|karma)\.(?:config|setup)[\w.-]*\.\w+$/i;
const docs = /\.(?:mdx?|markdown|rst|adoc|txt|html?)$|(?:^|\/)(?:docs?|documentation|examples?|samples?|changelogs?)\//i;
const chat =
  /(?:^|\/)(?:\.bolt|\.cursor|\.lovable|\.windsurf|\.claude|\.codex|\.gemini|\.kiro|\.roo|\.clinerules|\.continue|\.specstory|\.v0|attached_assets|prompts?|chats?|conversations?|transcripts?)\/|(?:^|\/)(?:claude|agents|gemini|copilot-instructions)\.md$|(?:^|\/)\.(?:cursorrules|windsurfrules|clinerules)$|(?:^|\/)\.aider\.[\w.]+$|(?:chat|conversation|prompt|transcript|slack)[\w-]*[ _-]?(?:export|history|log|dump)?[\w -]*\.(?:jsonl?|md|txt|html|csv)$/i;
/** Descriptions of an API are full of sample values. */
const apiDescription = /(?:openapi|swagger|postman|insomnia)[\w.-]*\.(?:ya?ml|json)$/i;
/** Slack's export: one folder a channel, one file a day. */
const slackDay = /(?:^|\/)[^/]+\/\d{4}-\d\d-\d\d\.json$/;
const log =
  /\.(?:log|out|trace|har)(?:\.\d+)?(?:\.gz)?$|(?:^|\/)(?:logs?|ci-logs|build-logs|deploy(?:ment)?-logs)\/[^/]+(?:\.(?:txt|jsonl?|gz))?$|(?:build|deploy|ci|server|error|debug|install|console)[-_ ]?(?:log|output)s?\.(?:txt|json)$/i;
const lock =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|composer\.lock|cargo\.lock|poetry\.lock|pubspec\.lock|deno\.lock|gemfile\.lock|podfile\.lock|flake\.lock|go\.sum|uv\.lock)$/i;
const lineFile =
  /\.(?:ya?ml|properties|ini|toml|cfg|conf|sh|bash|zsh|ps1|bat|cmd|tfvars|npmrc|pypirc|xcconfig)$|(?:^|\/)(?:dockerfile[\w.-]*|procfile|\.npmrc|\.netrc|\.pgpass|\.replit|makefile)$/i;
const codeFile = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|rb|go|php|java|kt|swift|dart|cs|rs|ex|gs)$/i;
/** Run by hand or by CI, not by customers: a guessable secret there signs nothing. */
const chores =
  /(?:^|\/)(?:scripts?|tools?|bin|seeds?|migrations?|prisma|drizzle|bench)\/|(?:^|\/)(?:seed|setup|create|generate|verify|debug|check)[\w-]*\.\w+$/i;
const configFile = /\.(?:jsonc?|json5|xml|plist|gradle|sql|env|ejs|liquid|prisma|graphql)$/i;
/** Texts of the user interface under names such as "password". */
const translations =
  /(?:^|\/)(?:locales?|i18n|l10n|lang|languages|translations?|messages)\/.*\.(?:json|ya?ml|[jt]s|po|arb)$|\.(?:arb|po|xliff?)$/i;
const vendored =
  /\.min\.(?:js|css)$|(?:^|\/)(?:vendor|vendors|third[_-]?party|node_modules|bower_components|generated|\.yarn|pods)\/|\.(?:svg|css|scss|map|ipynb|snap)$|[._-]generated?\.|\.g\.dart$|(?:^|\/)worker-configuration\.d\.ts$/i;

/** Other people's code kept in the repo: its samples are not ours. */
const foreign = /(?:^|\/)(?:node_modules|bower_components|\.?venv[\w.-]*|site-packages|\.yarn|pods|\.pnpm-store)\//i;

/** Lists of packages with their hashes: long, and without secrets but for a password in an address. */
export const isLockFile = (path: string): boolean => lock.test(path);
/** True for what lies in folders of installed packages. */
export const isForeign = (path: string): boolean => foreign.test(path);
export const isEnvFile = (path: string): boolean => envFile.test(path) && !/\.(?:[cm]?[jt]sx?|md|mdx|html)$/i.test(path);
/** An env file made to be shared: only credentials that show themselves count there. */
export const isEnvSample = (path: string): boolean =>
  isEnvFile(path) && envSample.test((path.split('/').pop() ?? '').replace(/^\.?env/i, ''));

// Output for a server is deployed, not downloaded; only these folders of a build go to the browser.
const serverOutput =
  /(?:^|\/)(?:\.next\/(?!static)|\.output\/server|\.svelte-kit\/(?!output\/client)|\.vercel\/output\/functions|\.netlify\/functions|(?:dist|build)\/(?:server|api|functions|main|src|lib|cjs|esm)\/)/i;
const serverEntry = /(?:^|\/)(?:dist|build)\/(?:index|server|main|app)\.[cm]?js(?:\.map)?$/i;

/** True for build output that browsers or phones download. */
export const isClientBundle = (file: Pick<TreeFile, 'path' | 'built'>, has: (path: string) => boolean): boolean => {
  if (/\.(?:jsbundle|hbc|bundle|apk|aab|ipa)$/i.test(file.path)) return true;
  if (!file.built || serverOutput.test(file.path)) return false;
  if (!serverEntry.test(file.path)) return true;
  // `dist/index.js` beside `dist/index.html` is a page's script, alone it is a server.
  return has(`${file.path.slice(0, file.path.lastIndexOf('/'))}/index.html`);
};

/** Decides by path where a file belongs and how closely it is read. `tracked`: git has it, whatever .gitignore says. */
export function readingOf(file: TreeFile, tracked: boolean | undefined, has: (path: string) => boolean): Reading {
  const { path } = file;
  const plain = { names: false, lines: false, code: false, certainOnly: false };
  if (isEnvFile(path)) {
    const location = file.ignored && tracked !== true ? 'ignored-env-file' : 'env-file';
    return { ...plain, location, names: !isEnvSample(path), lines: true };
  }
  if (isClientBundle(file, has)) return { ...plain, location: path.endsWith('.map') ? 'source-map' : 'bundle' };
  if (log.test(path)) return { ...plain, location: 'log' };
  if (chat.test(path) && !codeFile.test(path)) return { ...plain, location: 'chat' };
  if (slackDay.test(path) && has(`${path.split('/').slice(0, -2).join('/')}/channels.json`.replace(/^\//, '')))
    return { ...plain, location: 'chat' };
  const certainOnly = testCode.test(path) || foreign.test(path);
  const quiet =
    certainOnly ||
    docs.test(path) ||
    apiDescription.test(path) ||
    lock.test(path) ||
    translations.test(path) ||
    vendored.test(path) ||
    file.built;
  const names = !quiet && (codeFile.test(path) || lineFile.test(path) || configFile.test(path) || !/\.\w{1,8}$/.test(path));
  return {
    location: 'source',
    names,
    lines: names && lineFile.test(path),
    code: names && codeFile.test(path) && !chores.test(path),
    certainOnly,
  };
}
