import { expect, it } from 'vitest';
import { captchaFields } from './captcha.ts';
import { environmentIn } from '../probes/environment.ts';
import { contentOf } from '../wire/content.ts';

it.each([
  ['8-4*2', '0'],
  ['2*3+1', '7'],
  ['10 + 5 - 3 =', '12'],
  ['what is your name', undefined],
])('the sum %s', (question, captcha) => {
  const keyed = new Map([
    ['captcha', [question]],
    ['captcha_id', ['6', '7']],
  ]);
  expect(captchaFields({ keyed })).toEqual(captcha === undefined ? {} : { captchaId: 7, captcha });
});

it.each([
  ['{"PWD":"/srv/app","SHLVL":"1","HOSTNAME":"a","NODE_ENV":"production","DATABASE_URL":"postgres://x","npm_package_name":"app"}', true],
  ['Set NODE_ENV, DATABASE_URL, JWT_SECRET, SECRET_KEY and PWD before you start, and look at SHLVL.', false],
  ['NODE_ENV is production', false],
])('variables of a server in %s: %s', (text, expected) => {
  expect(environmentIn(contentOf(text)) !== undefined).toBe(expected);
});
