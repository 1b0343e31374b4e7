import { expect, it } from 'vitest';
import { edgeRecord, edgeZoneSample, known, rulesWith, settingsWith } from '../evidence/cloudflare-samples.ts';
import { cloudflareTable } from './domain-map-cloudflare.ts';

it('names the hosts for which a rule sets another SSL mode', () => {
  const zone = edgeZoneSample({
    settings: settingsWith({ ssl: 'full' }),
    records: known([edgeRecord(), edgeRecord({ name: 'api.example.com' })]),
    rules: rulesWith('http_config_settings', {
      action: 'set_config',
      expression: 'http.host eq "api.example.com"',
      action_parameters: { ssl: 'flexible' },
    }),
  });
  const table = cloudflareTable([zone]).find((block) => block.kind === 'table');
  expect(table).toMatchObject({
    rows: expect.arrayContaining([
      ['SSL mode', 'full, flexible for api.example.com by a rule'],
      ['Rules', 'config settings 1'],
    ]) as unknown,
  });
});
