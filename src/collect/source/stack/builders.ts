import type { Builder, Marker } from '../../../evidence/source.ts';
import type { Tree } from '../tree.ts';

/** A sign of a builder: in a file whose path fits, `text` (when given) must be found. */
interface Sign {
  readonly builder: Builder;
  readonly path: RegExp;
  readonly text?: RegExp;
  readonly what: string;
}

const manifest = /(^|\/)package\.json$/;

const signs: readonly Sign[] = [
  { builder: 'lovable', path: manifest, text: /"lovable-tagger"|"@lovable\.dev\//, what: 'a Lovable package' },
  { builder: 'lovable', path: /(^|\/)vite\.config\.[tj]s$/, text: /componentTagger\(/, what: 'componentTagger()' },
  {
    builder: 'lovable',
    path: /(^|\/)README\.md$/i,
    text: /Welcome to your Lovable project|lovable\.dev\/projects/,
    what: 'the README of a Lovable project',
  },
  { builder: 'lovable', path: /(^|\/)\.lovable\//, what: 'the .lovable folder' },
  { builder: 'lovable', path: /(^|\/)index\.html$/, text: /lovable\.dev|gpteng\.co|gptengineer\.js/, what: 'a Lovable script or picture' },
  { builder: 'lovable', path: manifest, text: /"name":\s*"vite_react_shadcn_ts"/, what: "the name of Lovable's template" },
  { builder: 'bolt', path: /(^|\/)\.bolt\//, what: 'the .bolt folder' },
  {
    builder: 'bolt',
    path: manifest,
    text: /"name":\s*"(?:vite-react-typescript-starter|bolt-expo-starter)"/,
    what: "the name of Bolt's template",
  },
  { builder: 'bolt', path: /(^|\/)README\.md$/i, text: /bolt\.new|Edit in StackBlitz/i, what: 'a link to Bolt in the README' },
  { builder: 'cursor', path: /(^|\/)\.cursorrules$|(^|\/)\.cursor\//, what: 'rules for Cursor' },
  {
    builder: 'v0',
    path: /(^|\/)app\/layout\.[tj]sx$/,
    text: /generator:\s*['"]v0\.(?:dev|app)['"]|['"]v0 App['"]/,
    what: "generator 'v0' in the layout",
  },
  {
    builder: 'v0',
    path: /(^|\/)README\.md$/i,
    text: /v0\.(?:dev|app)\/chat|built with v0|synced with your \[?v0/i,
    what: 'a link to v0 in the README',
  },
  { builder: 'react-native', path: manifest, text: /"(?:expo|react-native)":\s*"/, what: 'Expo or React Native' },
  { builder: 'react-native', path: /(^|\/)(?:eas\.json|metro\.config\.js)$/, what: 'build settings of a mobile app' },
  { builder: 'flutterflow', path: /(^|\/)lib\/flutter_flow\//, what: 'the flutter_flow folder' },
  {
    builder: 'flutterflow',
    path: /(^|\/)lib\/backend\/supabase\/supabase\.dart$/,
    text: /SupaFlow|X-Client-Info/,
    what: "FlutterFlow's Supabase client",
  },
  { builder: 'flutter', path: /(^|\/)pubspec\.yaml$/, text: /^\s*flutter:\s*$|sdk:\s*flutter/m, what: 'a Flutter pubspec' },
  { builder: 'replit', path: /(^|\/)\.replit$|(^|\/)replit\.(?:nix|md)$/, what: 'settings of Replit' },
  { builder: 'replit', path: manifest, text: /"@replit\//, what: 'a Replit package' },
  { builder: 'base44', path: manifest, text: /"@base44\//, what: 'a Base44 package' },
  { builder: 'base44', path: /(^|\/)src\/api\/base44Client\.[jt]s$/, what: 'the Base44 client' },
  { builder: 'framer', path: /\.(?:html?)$/, text: /framerusercontent\.com|data-framer-name/, what: 'pages exported from Framer' },
  { builder: 'webflow', path: /\.(?:html?)$/, text: /data-wf-(?:site|page)=|website-files\.com/, what: 'pages exported from Webflow' },
  { builder: 'gohighlevel', path: manifest, text: /"@gohighlevel\//, what: 'the GoHighLevel package' },
  { builder: 'gohighlevel', path: /\.(?:html?)$/, text: /leadconnectorhq\.com|msgsndr\.com/, what: 'GoHighLevel scripts' },
];

const maxRead = 512 * 1024;

/** The builders a repo was made with, each with the signs that told. */
export function findBuilders(tree: Tree): Marker<Builder>[] {
  const found = new Map<Builder, { place: { file: string }; what: string }[]>();
  for (const file of tree.files) {
    if (file.built || file.ignored) continue;
    for (const sign of signs) {
      if (!sign.path.test(file.path)) continue;
      if (sign.text && !sign.text.test(tree.text(file.path, maxRead) ?? '')) continue;
      const evidence = found.get(sign.builder) ?? [];
      if (!evidence.some((item) => item.what === sign.what)) evidence.push({ place: { file: file.path }, what: sign.what });
      found.set(sign.builder, evidence);
    }
  }
  // FlutterFlow projects are Flutter projects; naming both would say the same twice.
  if (found.has('flutterflow')) found.delete('flutter');
  return [...found].map(([name, evidence]) => ({ name, evidence: evidence.slice(0, 4) }));
}
