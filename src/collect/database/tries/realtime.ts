import type { LiveCatalog } from '../live/catalog.ts';
import { literalsIn } from '../world/labels.ts';
import { quote, wordIn } from '../world/literal.ts';
import type { Worlds } from '../world/world.ts';
import type { Attempt } from './attempt.ts';
import type { Step } from './run.ts';
import { callersOf } from './tables.ts';

/** Supabase Realtime asks these policies whether somebody may listen to (SELECT) or send on (INSERT) a private channel. */
export const channels = 'realtime.messages';

/** Listening and sending on the channels that policies name: a fixed beginning and a key of the owner. */
export function attemptsOnChannels(catalog: LiveCatalog, worlds: Worlds): Attempt[] {
  const messages = catalog.relations.find(({ id }) => id === channels);
  if (!messages || messages.policies.length === 0) return [];
  const text = messages.policies.map(({ using = '', check = '' }) => `${using} ${check}`).join(' ');
  const beginnings = [
    '',
    ...literalsIn(text).flatMap(
      (word) => /^([\w.-]*[:/_-])%?$/.exec(word)?.[1] ?? (/^\w{2,20}$/.test(word) && !/presence|broadcast/.test(word) ? `${word}:` : []),
    ),
  ];
  const roots = catalog.relations.filter(
    ({ id, name, key }) => key.length === 1 && (worlds.ownership.roots.has(id) || wordIn(name).test(text)),
  );
  const keys = [worlds.people.account('owner').id, ...roots.flatMap((relation) => Object.values(worlds.row(relation, 'owner')?.key ?? {}))];
  const topics = [...new Set(beginnings.flatMap((beginning) => keys.map((key) => `${beginning}${key}`)))].slice(0, 24);
  return [...callersOf(worlds)].flatMap(([who, as]) =>
    topics.flatMap((topic): Attempt[] => {
      const join: Step = { sql: `SELECT set_config('realtime.topic', ${quote(topic)}, true)`, rows: true };
      const sent: Step = { sql: `INSERT INTO realtime.messages (topic, extension, payload) VALUES (${quote(topic)}, 'broadcast', '{}')` };
      const where = `topic = ${quote(topic)}`;
      return [
        {
          object: channels,
          verb: 'select',
          who,
          as,
          ways: [{ before: [join, sent], step: { sql: `SELECT topic FROM realtime.messages WHERE ${where}`, rows: true } }],
        },
        {
          object: channels,
          verb: 'insert',
          who,
          as,
          ways: [
            {
              before: [join],
              step: sent,
              proof: { sql: `SELECT 1 FROM realtime.messages WHERE ${where}`, worked: (rows) => rows.length > 0 },
            },
          ],
        },
      ];
    }),
  );
}
