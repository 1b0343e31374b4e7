import { plural } from '../core/wording.ts';
import type { Finding } from '../core/finding.ts';
import type { LiveAccess } from '../evidence/live-access.ts';
import { personaOf } from '../evidence/live-chart.ts';
import type { StartTrial } from '../evidence/start-trials.ts';

/** One of the five points of the pack, and what came of it. */
export interface PackLine {
  readonly name: string;
  /** `none`: the app has nothing of the kind. */
  readonly outcome: 'holds' | 'broken' | 'none' | 'unknown';
  readonly text: string;
}

/**
 * The five points of the security regression pack: requests without a session, records of other customers, sessions after signing out, messages to webhooks
 * that nobody signed, and a start without a setting. `fails`: findings that nobody has waived or answered. `live` is absent where the app could not be tried at all, `starts` where it was not started by us.
 */
export function regressionPack(
  live: LiveAccess | undefined,
  fails: readonly Finding[],
  starts: readonly StartTrial[] | undefined,
): PackLine[] {
  return [
    { name: 'Requests without a session', ...withoutSession(live, fails) },
    { name: 'Records of other customers', ...(live ? ofRelation(live, fails, 'stranger') : untried) },
    { name: 'Sessions after signing out', ...afterLogout(live) },
    { name: 'Messages to webhooks that nobody signed', ...unsigned(live) },
    { name: 'Start without a required setting', ...withoutSetting(starts) },
  ];
}

type Said = Omit<PackLine, 'name'>;

const untried: Said = { outcome: 'unknown', text: 'the app could not be tried; the report says why' };

function withoutSession(live: LiveAccess | undefined, fails: readonly Finding[]): Said {
  if (!live) return untried;
  const forged = live.sessions.find(({ question }) => question === 'forged-token');
  return both(
    ofRelation(live, fails, 'visitor'),
    forged && forged.outcome !== 'none' ? { outcome: forged.outcome, text: forged.text } : undefined,
  );
}

/** What these people got of the things of others. */
function ofRelation({ cells }: LiveAccess, fails: readonly Finding[], relation: 'visitor' | 'stranger'): Said {
  const got = fails.flatMap(({ check, subject = '' }) => {
    const [, route, who] = /^route (.+) (\S+)$/.exec(subject) ?? [];
    return /^access\/route-stranger/.test(check) && who === personaOf[relation] ? [route ?? ''] : [];
  });
  if (got.length > 0)
    return {
      outcome: 'broken',
      text: `${got.slice(0, 3).join(', ')}${got.length > 3 ? ` and ${got.length - 3} more` : ''} gave what is not theirs`,
    };
  const refused = new Set(cells.flatMap((cell) => (cell.relation === relation && cell.outcome === 'refused' ? [cell.route] : [])));
  return refused.size > 0
    ? { outcome: 'holds', text: `${plural(refused.size, 'route')} refused` }
    : { outcome: 'unknown', text: 'no route was found on which a refusal would say anything' };
}

function afterLogout(live: LiveAccess | undefined): Said {
  const trial = live?.sessions.find(({ question }) => question === 'logout');
  return trial ? { outcome: trial.outcome, text: trial.text } : untried;
}

function unsigned(live: LiveAccess | undefined): Said {
  if (!live) return untried;
  const { webhooks } = live;
  if (webhooks.length === 0) return { outcome: 'none', text: 'no webhook was found' };
  const broken = webhooks.filter(({ outcome }) => outcome === 'broken');
  if (broken.length > 0) return { outcome: 'broken', text: broken.map(({ route, text }) => `${route}: ${text}`).join('; ') };
  const open = webhooks.find(({ outcome, question }) => outcome === 'unknown' && question === 'unsigned');
  if (open) return { outcome: 'unknown', text: `${open.route}: ${open.text}` };
  return { outcome: 'holds', text: `${plural(new Set(webhooks.map(({ route }) => route)).size, 'webhook')} refused what was wrong` };
}

function withoutSetting(starts: readonly StartTrial[] | undefined): Said {
  if (!starts)
    return { outcome: 'unknown', text: 'the app was not started by us: --start and access.start.required say how, and without what' };
  if (starts.length === 0) return { outcome: 'unknown', text: 'no setting is named under access.start.required' };
  const started = starts.filter(({ outcome }) => outcome === 'started');
  if (started.length > 0) return { outcome: 'broken', text: `it starts without ${started.map(({ variable }) => variable).join(', ')}` };
  const unnamed = starts.filter(({ outcome }) => outcome === 'refused-without-name');
  if (unnamed.length > 0)
    return {
      outcome: 'broken',
      text: `without ${unnamed.map(({ variable }) => variable).join(', ')} it does not start, and does not say why`,
    };
  const unknown = starts.filter(({ outcome }) => outcome === 'unknown');
  return unknown.length > 0
    ? { outcome: 'unknown', text: `${unknown.map(({ variable, text }) => `${variable}: ${text}`).join('; ')}` }
    : { outcome: 'holds', text: `${plural(starts.length, 'setting')} taken away in turn: it refused to start and named it each time` };
}

const both = (one: Said, other: Said | undefined): Said => {
  if (!other) return one;
  const worst =
    (['broken', 'unknown', 'holds', 'none'] as const).find((outcome) => [one, other].some((said) => said.outcome === outcome)) ?? 'unknown';
  return {
    outcome: worst,
    text: [one, other]
      .filter(({ outcome }) => outcome === worst || worst === 'holds')
      .map(({ text }) => text)
      .join('; '),
  };
};
