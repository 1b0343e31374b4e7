import { livePage } from '../evidence/http.ts';
import { type Builder, sourceStack } from '../evidence/source.ts';
import { type Collected, read } from './evidence-of.ts';

interface Tool {
  /** As its makers write it; "your coding tool" where the project is not bound to one. */
  readonly name: string;
  /** Where a secret belongs there. */
  readonly secrets: string;
  /** What the tool has to be told besides the problem. */
  readonly manners: readonly string[];
}

const oneMigration =
  'Make every database change as one new SQL migration in supabase/migrations; do not edit or delete an earlier migration.';
const hostSettings = "the environment variables of the server's host (and a .env file that git ignores)";

/** The tool the project is built with, by its marker. Framer, Webflow and GoHighLevel have no code to prompt about. */
const tools: Readonly<Record<Builder, Tool>> = {
  lovable: { name: 'Lovable', secrets: 'the secrets of the Supabase Edge Functions (Lovable Cloud, Secrets)', manners: [oneMigration] },
  bolt: {
    name: 'Bolt',
    secrets: 'the secrets of the Supabase Edge Functions',
    manners: [oneMigration, 'Do not recreate the project or its lock file.'],
  },
  v0: {
    name: 'v0',
    secrets: "the project's environment variables in Vercel",
    manners: ['Make the change on the server (route handler, server action or proxy), not in a client component.'],
  },
  cursor: {
    name: 'Cursor',
    secrets: hostSettings,
    manners: ['Read the files named here, and what they import, before you change anything.'],
  },
  replit: {
    name: 'Replit',
    secrets: 'the Secrets pane (of the deployment as well as of the workspace)',
    manners: ['Do not run anything against the production database.'],
  },
  base44: {
    name: 'Base44',
    secrets: "the app's environment secrets",
    manners: ['Set the rule on the entity itself, not on the page that shows it.'],
  },
  'react-native': {
    name: 'your coding tool',
    secrets: hostSettings,
    manners: ['The app on the phone can be changed by its user: make the change on the server.'],
  },
  flutter: {
    name: 'your coding tool',
    secrets: hostSettings,
    manners: ['The app on the phone can be changed by its user: make the change on the server.'],
  },
  flutterflow: {
    name: 'FlutterFlow',
    secrets: "a cloud function's environment",
    manners: ['The app on the phone can be changed by its user: make the change in the backend rules.'],
  },
  framer: { name: 'Framer', secrets: hostSettings, manners: [] },
  webflow: { name: 'Webflow', secrets: hostSettings, manners: [] },
  gohighlevel: { name: 'GoHighLevel', secrets: hostSettings, manners: [] },
};

const unknownTool: Tool = {
  name: 'your coding tool',
  secrets: hostSettings,
  manners: ['Read the files named here, and what they import, before you change anything.'],
};

/** The tool's facts; those of any coding tool when none is given. */
export const toolOf = (builder: Builder | undefined): Tool => (builder === undefined ? unknownTool : tools[builder]);

/** What the project is built with, as far as the markers tell; the tool that hosts the project goes before an editor used on it. */
export function builderOf(collected: Collected): Builder | undefined {
  const found = new Set(
    [...(read(collected, sourceStack)?.builders ?? []), ...(read(collected, livePage)?.builders ?? [])].map(({ name }) => name),
  );
  const known = Object.keys(tools) as Builder[];
  return known.find((name) => name !== 'cursor' && found.has(name)) ?? known.find((name) => found.has(name));
}

const labels: Readonly<Record<Builder, string>> = {
  lovable: 'Lovable',
  bolt: 'Bolt',
  v0: 'v0',
  cursor: 'Cursor',
  replit: 'Replit',
  base44: 'Base44',
  'react-native': 'React Native',
  flutter: 'Flutter',
  flutterflow: 'FlutterFlow',
  framer: 'Framer',
  webflow: 'Webflow',
  gohighlevel: 'GoHighLevel',
};

/** A marker's name as its makers write it. */
export const labelOf = (name: string): string => (labels as Readonly<Record<string, string>>)[name] ?? name;
