import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, known, rulesWith, settingsWith, unread } from '../../evidence/cloudflare-samples.ts';
import { appHostsOf } from '../../evidence/edge-baseline.ts';
import { effectsFor } from '../../evidence/edge-effective.ts';
import type { EdgeRequest } from '../../evidence/edge-expression.ts';
import { ifInUse, type Judged, settingObservations, unreadPart, zonesInUse } from '../edge-setting.ts';

export const cloudflareMachinesBlocked = defineCheck({
  id: 'edge/cloudflare-machines-blocked',
  severity: 'medium',
  covers: ['CF-bic'],
  doc: {
    title: 'The edge turns away programs that the app needs',
    why: 'Payment services deliver their messages, mobile apps ask the API, and your monitoring looks in: none of them is a browser, and none can solve a puzzle. On the free plan no rule can let them past the bot fight mode.',
    fix: 'Switch off Bot Fight Mode under Security, Bots, or see in the deliveries of your payment service that none was turned away. "Under Attack" is for an attack that is going on.',
    effort: 'minutes',
    references: [
      'https://developers.cloudflare.com/bots/get-started/bot-fight-mode/',
      'https://developers.cloudflare.com/rules/configuration-rules/settings/#im-under-attack',
    ],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      {
        name: 'bot fight mode before an API',
        given: { zones: [edgeZoneSample({ bots: known({ fight_mode: true }), hosts: [{ name: 'app.example.com', role: 'api' }] })] },
      },
      {
        name: 'under attack, by a rule for the API',
        given: {
          zones: [
            edgeZoneSample({
              rules: rulesWith('http_config_settings', {
                action: 'set_config',
                expression: 'starts_with(http.request.uri.path, "/api/")',
                action_parameters: { security_level: 'under_attack' },
              }),
            }),
          ],
        },
      },
      { name: 'under attack', given: { zones: [edgeZoneSample({ settings: settingsWith({ security_level: 'under_attack' }) })] } },
    ],
    passes: [
      { name: 'neither', given: { zones: [edgeZoneSample()] } },
      {
        name: 'under attack for the pages of administrators',
        given: {
          zones: [
            edgeZoneSample({
              rules: rulesWith('http_config_settings', {
                action: 'set_config',
                expression: 'starts_with(http.request.uri.path, "/admin")',
                action_parameters: { security_level: 'under_attack' },
              }),
            }),
          ],
        },
      },
      {
        name: 'bot fight mode before a website',
        given: { zones: [edgeZoneSample({ bots: known({ fight_mode: true }), hosts: [{ name: 'example.com', role: 'marketing' }] })] },
      },
    ],
    unknowns: [
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ bots: unread })] } },
      {
        name: 'under attack, by a rule for a host of people',
        given: {
          zones: [
            edgeZoneSample({
              rules: rulesWith('http_config_settings', {
                action: 'set_config',
                expression: 'http.host eq "app.example.com"',
                action_parameters: { security_level: 'under_attack' },
              }),
            }),
          ],
        },
      },
      { name: 'bot fight mode before an app', given: { zones: [edgeZoneSample({ bots: known({ fight_mode: true }) })] } },
    ],
  },
  *evaluate({ zones }) {
    for (const zone of zonesInUse(zones)) {
      const { bots } = zone;
      if (bots.value === undefined) yield unreadPart('bots', bots);
      else if (typeof bots.value['fight_mode'] === 'boolean') yield ifInUse(zone, fightMode(zone, bots.value['fight_mode']));
    }
    // A rule for the page of administrators alone is in the way of no program.
    yield* settingObservations(zones, 'security_level', attack, { paths: ['/', '/api/me'] });
  },
});

/** "Under Attack" for the zone is in everybody's way; a rule for one host is meant, and wrong where programs ask. */
function attack(value: unknown, zone: EdgeZone, request?: EdgeRequest): Judged {
  if (value !== 'under_attack') return { outcome: 'pass', message: '"Under Attack" is off.' };
  const message = '"Under Attack" is on: every visitor has to solve a puzzle, and programs cannot.';
  if (request === undefined || zone.settings.security_level.value?.value === value) return { outcome: 'fail', message };
  const isApi = zone.hosts.some(({ name, role }) => name === request.host && role === 'api');
  const isForPages = effectsFor('security_level', { ...request, path: '/' }, zone).some((effect) => effect.value === value);
  return isApi || !isForPages
    ? { outcome: 'fail', message }
    : { outcome: 'unknown', message, toKnow: 'See whether programs have to reach this host, as webhooks, mobile apps and monitoring do.' };
}

/** An API is there for programs; an app may have webhooks and a mobile app, or be for browsers alone. */
function fightMode(zone: EdgeZone, isOn: boolean): Observation {
  const apps = isOn ? appHostsOf(zone) : [];
  const api = apps.find(({ role }) => role === 'api');
  if (api)
    return {
      subject: 'bots',
      outcome: 'fail',
      message: `Bot Fight Mode is on in front of ${api.name}: webhooks, mobile apps and monitoring may be turned away.`,
    };
  if (apps.length > 0)
    return {
      subject: 'bots',
      outcome: 'unknown',
      message: `Bot Fight Mode is on in front of ${apps.map(({ name }) => name).join(', ')}: whether programs have to reach it, as webhooks do, is not known.`,
      toKnow:
        'See in the deliveries of your payment service whether one was turned away (403); name the host of an API under domains.hosts with role api.',
    };
  return { subject: 'bots', outcome: 'pass', message: 'Bot Fight Mode does not stand in the way of the app.' };
}
