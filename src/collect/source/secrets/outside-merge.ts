import type { TreeFile } from '../tree.ts';
import type { Collection } from './collection.ts';
import { isEnvSample, isPicture, readingOf } from './location.ts';
import type { OutsideReport } from './outside.ts';
import { isPlaceholder } from './placeholder.ts';

interface MergeContext {
  readonly file: (path: string) => TreeFile | undefined;
  readonly tracked: ReadonlySet<string> | undefined;
}

/** Adds what other scanners saw: to a secret of ours by value or place, else as one of its own. What we know to be harmless stays out. */
export function mergeOutside(collection: Collection, reports: readonly OutsideReport[], { file: fileOf, tracked }: MergeContext): void {
  const byPlace = new Map(
    [...collection.all()].flatMap((secret) => secret.sightings.map(({ place }) => [`${place.file}:${place.line}`, secret] as const)),
  );
  for (const { name, hits } of reports) {
    for (const { value, rule, file: path, line } of hits) {
      const known = collection.find(value) ?? byPlace.get(`${path}:${line}`);
      if (known) {
        known.seenBy.add(name);
        continue;
      }
      const file = fileOf(path);
      if (!file || isPicture(path) || isEnvSample(path) || isPlaceholder(value) || value.startsWith('eyJ')) continue;
      const isTracked = tracked?.has(path);
      const reading = readingOf(file, isTracked, () => false);
      if (reading.certainOnly) continue;
      const vague = /generic|high-entropy|curl|uri$/i.test(rule);
      const secret = collection.add(
        {
          kind: `${name}-${rule}`
            .toLowerCase()
            .replace(/[^a-z0-9]+/g, '-')
            .slice(0, 60),
          label: `secret that ${name} reports as "${rule.slice(0, 60)}"`,
          sensitivity: vague ? 'low' : 'secret',
          power: vague ? 'limited' : 'service',
          harm: 'Whoever has it may be able to use the service it belongs to.',
          rotate: 'Find out which service it belongs to, replace it there and delete the old one.',
          toldBy: 'scanner',
          value: Buffer.from(value, 'utf8').toString('latin1'),
          start: 0,
          end: 0,
        },
        {
          location: reading.location,
          place: { file: path, line },
          ...(isTracked !== undefined && { tracked: isTracked }),
          ...(file.ignored && { ignored: true }),
        },
      );
      secret.seenBy.add(name);
      byPlace.set(`${path}:${line}`, secret);
    }
  }
}
