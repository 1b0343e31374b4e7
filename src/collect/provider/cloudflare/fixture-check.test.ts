import { expect, it } from 'vitest';
import { wrongPageRule, wrongRule } from './fixture-check.ts';

const rule = (action: string, parameters: Readonly<Record<string, unknown>>): string | undefined =>
  wrongRule({ action, expression: 'true', action_parameters: parameters });

it.each<[string, string, Readonly<Record<string, unknown>>, string | undefined]>([
  ['a configuration rule', 'set_config', { ssl: 'strict', bic: true, disable_zaraz: true, security_level: 'under_attack' }, undefined],
  [
    'a mode that there is not',
    'set_config',
    { ssl: 'full_strict' },
    '.action_parameters.ssl: must be off|flexible|full|strict|origin_pull',
  ],
  ['a switch that only goes one way', 'set_config', { disable_zaraz: false }, '.action_parameters.disable_zaraz: must be true'],
  ['a setting that rules do not have', 'set_config', { always_use_https: 'on' }, '.action_parameters.always_use_https: is not known'],
  [
    'a cache rule',
    'set_cache_settings',
    {
      cache: true,
      edge_ttl: { mode: 'respect_origin', status_code_ttl: [{ status_code_range: { to: 299 }, value: 60 }] },
      cache_key: { custom_key: { cookie: { include: ['session'] }, user: { geo: true } } },
    },
    undefined,
  ],
  ['a time without a mode', 'set_cache_settings', { edge_ttl: { default: 60 } }, '.action_parameters.edge_ttl.mode: is required'],
  [
    'a time for a status without the time',
    'set_cache_settings',
    { edge_ttl: { mode: 'respect_origin', status_code_ttl: [{ status_code: 200 }] } },
    '.action_parameters.edge_ttl.status_code_ttl[0].value: is required',
  ],
])('%s', (_, action, parameters, wrong) => {
  expect(rule(action, parameters)).toBe(wrong);
});

const target = { target: 'url', constraint: { operator: 'matches', value: '*example.com/*' } };
it.each<[string, Readonly<Record<string, unknown>>, string | undefined]>([
  [
    'a page rule',
    { targets: [target], actions: [{ id: 'cache_level', value: 'cache_everything' }, { id: 'disable_security' }] },
    undefined,
  ],
  ['none that it is for', { actions: [{ id: 'ssl', value: 'strict' }] }, '.targets: is required'],
  [
    'an action that there is not',
    { targets: [target], actions: [{ id: 'min_tls_version', value: '1.2' }] },
    'actions: min_tls_version is no action',
  ],
  ['a switch with a value', { targets: [target], actions: [{ id: 'disable_security', value: 'on' }] }, 'actions.value: is not known'],
  ['a time that is none', { targets: [target], actions: [{ id: 'edge_cache_ttl', value: '1h' }] }, 'actions.value: must be number'],
])('%s', (_, body, wrong) => {
  expect(wrongPageRule(body)).toBe(wrong);
});
