import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, known, settingsWith, unread } from '../../evidence/cloudflare-samples.ts';
import { unreadPart } from '../edge-setting.ts';

export const cloudflareMachinesBlocked = defineCheck({
  id: 'edge/cloudflare-machines-blocked',
  severity: 'medium',
  covers: ['CF-bic'],
  doc: {
    title: 'The edge turns away programs that the app needs',
    why: 'Payment services deliver their messages, mobile apps ask the API, and your monitoring looks in: none of them is a browser, and none can solve a puzzle. On the free plan no rule can let them past the bot fight mode.',
    fix: 'Switch off Bot Fight Mode under Security, Bots, or see in the deliveries of your payment service that none was turned away. "Under Attack" is for an attack that is going on.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/bots/get-started/bot-fight-mode/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'bot fight mode before an API', given: { zones: [edgeZoneSample({ bots: known({ fight_mode: true }) })] } },
      { name: 'under attack', given: { zones: [edgeZoneSample({ settings: settingsWith({ security_level: 'under_attack' }) })] } },
    ],
    passes: [
      { name: 'neither', given: { zones: [edgeZoneSample()] } },
      {
        name: 'bot fight mode before a website',
        given: { zones: [edgeZoneSample({ bots: known({ fight_mode: true }), hosts: [{ name: 'example.com', role: 'marketing' }] })] },
      },
    ],
    unknowns: [{ name: 'the token may not look', given: { zones: [edgeZoneSample({ bots: unread })] } }],
  },
  *evaluate({ zones }) {
    for (const zone of zones) yield* observed(zone);
  },
});

function* observed({ bots, settings, hosts }: EdgeZone): Generator<Observation, void> {
  const level = settings.security_level;
  if (bots.value === undefined) yield unreadPart('bots', bots);
  else if (typeof bots.value['fight_mode'] === 'boolean') {
    const isOn = bots.value['fight_mode'] && hosts.some(({ role }) => role === 'app' || role === 'api');
    yield {
      subject: 'bots',
      outcome: isOn ? 'fail' : 'pass',
      message: isOn
        ? 'Bot Fight Mode is on in front of an app: webhooks, mobile apps and monitoring may be turned away.'
        : 'Bot Fight Mode does not stand in the way of the app.',
    };
  }
  if (level.value === undefined) yield unreadPart('security_level', level);
  else if (level.value.value === 'under_attack')
    yield {
      subject: 'security_level',
      outcome: 'fail',
      message: '"Under Attack" is on: every visitor has to solve a puzzle, and programs cannot.',
    };
}
