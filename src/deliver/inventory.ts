import type { Block, Fact, TableBlock } from '../core/deliverable.ts';
import { andList, placeText, plural, thousands } from '../core/wording.ts';
import { databaseModel, type Table } from '../evidence/database.ts';
import { liveBundles, livePage } from '../evidence/http.ts';
import { sourceRoutes } from '../evidence/routes.ts';
import { type SecretScan, sourceSecrets } from '../evidence/secrets.ts';
import { authMethods, type AuthMethodKind, type Marker, sourceFiles, sourceStack } from '../evidence/source.ts';
import { labelOf } from './builder.ts';
import { type Collected, read } from './evidence-of.ts';
import { adminActions, routeTable } from './routes-table.ts';

/** What was looked at, as figures and tables. Says nothing about evidence that was not collected. */
export function inventory(collected: Collected): Block[] {
  const facts = figures(collected);
  return [
    ...(facts.length > 0 ? [{ kind: 'facts' as const, facts }] : []),
    ...section('Built with', ['What', 'Version', 'Told by'], stackRows(collected)),
    ...section('Ways to sign in', ['Method', 'By', 'Where'], methodRows(collected)),
    ...section('Tenant boundary', ['Table', 'Belongs to', 'Told by', 'Row security'], tenancyRows(collected)),
    ...section('Admin-only actions', ['Action', 'Who may', 'Where'], adminActions(read(collected, sourceRoutes))),
    ...section('Routes and who may call them', ['Route', 'Who may', 'Data', 'Where'], routeTable(read(collected, sourceRoutes))),
  ];
}

const section = (title: string, columns: readonly string[], rows: TableBlock['rows']): Block[] =>
  rows.length === 0
    ? []
    : [
        { kind: 'heading', level: 3, text: title },
        { kind: 'table', columns, rows },
      ];

function figures(collected: Collected): Fact[] {
  const files = read(collected, sourceFiles);
  const routes = read(collected, sourceRoutes);
  const database = read(collected, databaseModel);
  const secrets = read(collected, sourceSecrets);
  const page = read(collected, livePage);
  const bundles = read(collected, liveBundles);
  return [
    ...(files ? [{ name: 'Files', value: thousands(files.files), note: plural(files.sources, 'JavaScript or TypeScript source') }] : []),
    ...(routes ? [{ name: 'Routes', value: thousands(routes.routes.length) }] : []),
    ...(database
      ? [
          {
            name: 'Tables',
            value: thousands(database.tables.length),
            note: database.exposure === 'supabase' ? 'the browser can address them' : 'behind the server',
          },
        ]
      : []),
    ...(secrets ? [{ name: 'Searched for secrets', value: plural(secrets.scanned.files, 'file'), note: historyText(secrets) }] : []),
    ...(page ? [{ name: 'Running app', value: page.url, note: `answered ${page.status}` }] : []),
    ...(bundles ? [{ name: 'Scripts of the running app', value: thousands(bundles.scripts.length) }] : []),
  ];
}

function historyText({ history, scanned }: SecretScan): string {
  const commits = plural(scanned.commits, 'commit');
  switch (history) {
    case 'scanned':
      return `and ${commits} of the history`;
    case 'partial':
      return `and ${commits}, a part of the history`;
    case 'no-git':
      return 'no git history to search';
    case 'not-asked':
      return 'history not searched';
    case 'failed':
      return 'the history could not be searched';
  }
}

function stackRows(collected: Collected): string[][] {
  const stack = read(collected, sourceStack);
  const page = read(collected, livePage);
  const markers: readonly Marker[] = [
    ...(stack?.builders ?? []),
    ...(page?.builders ?? []),
    ...(stack?.frameworks ?? []),
    ...(stack?.backends ?? []),
    ...(page?.host ?? []),
  ];
  return markers.map(({ name, version, evidence: [first] }) => [
    labelOf(name),
    version ?? '',
    first ? `${first.what}, ${placeText(first.place)}` : '',
  ]);
}

const methods: Readonly<Record<AuthMethodKind, string>> = {
  'session-cookie': 'Session cookie',
  jwt: 'Signed token (JWT)',
  'magic-link': 'Magic link',
  'email-code': 'Code by mail',
  password: 'Password',
  'sso-oidc': 'Single sign-on (OpenID Connect)',
  saml: 'Single sign-on (SAML)',
  social: 'Social login',
  passkey: 'Passkey',
  'api-key': 'API key',
  basic: 'Basic authentication',
  totp: 'One-time code (authenticator app)',
};

const methodRows = (collected: Collected): string[][] =>
  (read(collected, authMethods) ?? []).map(({ kind, provider, places }) => [
    methods[kind] ?? kind,
    provider,
    places.slice(0, 3).map(placeText).join(', '),
  ]);

const belongs: Readonly<Record<NonNullable<Table['tenancy']>['kind'], string>> = {
  tenant: 'a tenant',
  owner: 'one user',
  membership: 'the list of who belongs to which tenant',
  'tenant-root': 'the tenants themselves',
  profile: 'the user profiles',
};

/** Tables tied to a tenant or user, and those that hold personal data without such a tie. */
function tenancyRows(collected: Collected): string[][] {
  const model = read(collected, databaseModel);
  return (model?.tables ?? []).flatMap(({ schema, name, tenancy, holds, rls, exposed }) => {
    const table = schema === 'public' || schema === '' ? name : `${schema}.${name}`;
    // Behind a server of one's own the code decides, so that row security switched off is no fault there.
    const reachable = model?.exposure === 'supabase' && exposed !== false;
    const security = reachable || rls === 'on' ? { on: 'on', off: 'OFF', unknown: 'not known' }[rls] : 'the server decides';
    if (tenancy) return [[table, `${belongs[tenancy.kind]} (${tenancy.column})`, tenancy.why, security]];
    return holds.length > 0 ? [[table, 'nobody, as far as its columns tell', `holds ${andList(holds)} data`, security]] : [];
  });
}
