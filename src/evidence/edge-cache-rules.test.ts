import { describe, expect, it } from 'vitest';
import type { EdgeRule, EdgeZone, PageRule } from './cloudflare.ts';
import { edgeZoneSample, known, rulesWith, unread } from './cloudflare-samples.ts';
import { signedInRequests } from './edge-baseline.ts';
import { cacheVerdict, type CacheVerdict } from './edge-cache-rules.ts';

const rule = (set: Readonly<Record<string, unknown>>, expression = 'true'): EdgeRule => ({
  action: 'set_cache_settings',
  expression,
  action_parameters: set,
});
const page = (actions: PageRule['actions'], change: Partial<PageRule> & { readonly pattern?: string } = {}): PageRule => ({
  id: '1',
  status: 'active',
  targets: [{ constraint: { value: change.pattern ?? '*example.com/*' } }],
  ...change,
  actions,
});

/** What is done with the answer to somebody with a cookie, and to somebody with a header. */
function told(change: Partial<EdgeZone>, path = '/api/me'): CacheVerdict['outcome'][] {
  return signedInRequests('app.example.com', path).map((request) => cacheVerdict(request, edgeZoneSample(change)).outcome);
}
const rules = (...list: readonly EdgeRule[]): Partial<EdgeZone> => ({ rules: rulesWith('http_request_cache_settings', ...list) });
const pages = (...list: readonly PageRule[]): Partial<EdgeZone> => ({ pageRules: known(list) });
const ttl = (mode: string, seconds?: number): unknown => ({ mode, ...(seconds !== undefined && { default: seconds }) });
const everything = { id: 'cache_level', value: 'cache_everything' };

// https://developers.cloudflare.com/cache/how-to/cache-rules/settings/#edge-ttl and .../cache/concepts/cache-control/#conditions
describe('cache rules', () => {
  it.each<[string, Partial<EdgeZone>, CacheVerdict['outcome'], CacheVerdict['outcome']]>([
    ['none', {}, 'passed', 'passed'],
    ['eligible, with nothing said of how long', rules(rule({ cache: true })), 'asked', 'marked'],
    ['eligible, as the app says', rules(rule({ cache: true, edge_ttl: ttl('respect_origin') })), 'asked', 'marked'],
    ['eligible, not kept where the app says nothing', rules(rule({ cache: true, edge_ttl: ttl('bypass_by_default') })), 'timed', 'allowed'],
    ['whatever the app says', rules(rule({ cache: true, edge_ttl: ttl('override_origin', 60) })), 'kept', 'kept'],
    [
      '200 for a minute',
      rules(rule({ cache: true, edge_ttl: { mode: 'respect_origin', status_code_ttl: [{ status_code: 200, value: 60 }] } })),
      'kept',
      'kept',
    ],
    [
      '200 never, the rest for long',
      rules(
        rule({
          cache: true,
          edge_ttl: { ...Object(ttl('override_origin', 60)), status_code_ttl: [{ status_code_range: { to: 299 }, value: -1 }] },
        }),
      ),
      'passed',
      'passed',
    ],
    [
      '404 alone',
      rules(rule({ cache: true, edge_ttl: { mode: 'respect_origin', status_code_ttl: [{ status_code: 404, value: 60 }] } })),
      'asked',
      'marked',
    ],
    ['only the browser is told', rules(rule({ browser_ttl: ttl('override_origin', 600) })), 'passed', 'passed'],
    ['how long, for what is kept anyway', rules(rule({ edge_ttl: ttl('override_origin', 600) })), 'passed', 'passed'],
    ['bypassed after it', rules(rule({ cache: true, edge_ttl: ttl('override_origin', 60) }), rule({ cache: false })), 'passed', 'passed'],
    [
      'eligible again, for as long as before',
      rules(rule({ cache: false, edge_ttl: ttl('override_origin', 60) }), rule({ cache: true })),
      'kept',
      'kept',
    ],
    [
      'told apart by the session cookie',
      rules(rule({ cache: true, edge_ttl: ttl('override_origin', 60), cache_key: { custom_key: { cookie: { include: ['sessionid'] } } } })),
      'passed',
      'kept',
    ],
    [
      'told apart by a cookie that nobody knows',
      rules(rule({ cache: true, cache_key: { custom_key: { cookie: { include: ['shop'] } } } })),
      'unknown',
      'marked',
    ],
    [
      'told apart by whether there is a cookie',
      rules(rule({ cache: true, cache_key: { custom_key: { cookie: { check_presence: ['sessionid'] } } } })),
      'asked',
      'marked',
    ],
    [
      'told apart by the header',
      rules(
        rule({ cache: true, edge_ttl: ttl('override_origin', 60), cache_key: { custom_key: { header: { include: ['Authorization'] } } } }),
      ),
      'kept',
      'passed',
    ],
    [
      'told apart by country',
      rules(rule({ cache: true, edge_ttl: ttl('override_origin', 60), cache_key: { custom_key: { user: { geo: true } } } })),
      'kept',
      'kept',
    ],
    ['Origin Cache Control off', rules(rule({ cache: true, origin_cache_control: false })), 'asked', 'asked'],
    ['Enterprise, where it is off by itself', { plan: 'enterprise', ...rules(rule({ cache: true })) }, 'asked', 'asked'],
    [
      'not for cookies of a session',
      rules(rule({ cache: true, edge_ttl: ttl('override_origin', 60) }), rule({ cache: false }, 'http.cookie contains "PHPSESSID"')),
      'passed',
      'kept',
    ],
    [
      'not for a cookie that nobody knows',
      rules(rule({ cache: true }), rule({ cache: false }, 'http.cookie contains "wordpress_logged_in"')),
      'unknown',
      'marked',
    ],
    [
      'not for a cookie that only sounds like a session',
      rules(rule({ cache: true, edge_ttl: ttl('override_origin', 60) }), rule({ cache: false }, 'http.cookie contains "inside_promo"')),
      'unknown',
      'kept',
    ],
    [
      'told apart by a cookie that only sounds like a session',
      rules(rule({ cache: true, cache_key: { custom_key: { cookie: { include: ['tokens_seen'] } } } })),
      'unknown',
      'marked',
    ],
    [
      'not for Authorization',
      rules(rule({ cache: true }), rule({ cache: false }, 'any(http.request.headers.names[*] == "authorization")')),
      'asked',
      'passed',
    ],
    ['an unclear rule that makes no difference', rules(rule({ cache: false }, 'ip.src.country eq "NZ"')), 'passed', 'passed'],
    ['an unclear rule that makes one', rules(rule({ cache: true }, 'ip.src.country eq "NZ"')), 'unknown', 'unknown'],
    [
      'an unclear rule before one that is sure',
      rules(rule({ cache: true }, 'ip.src.country eq "NZ"'), rule({ cache: false })),
      'passed',
      'passed',
    ],
    ['a rule that is switched off', rules({ ...rule({ cache: true }), enabled: false }), 'passed', 'passed'],
    ['that could not be read', { rules: { ...rulesWith(), http_request_cache_settings: unread } }, 'unknown', 'unknown'],
  ])('%s', (_, change, cookie, header) => {
    expect(told(change)).toEqual([cookie, header]);
  });

  it('are not tried without end', () => {
    const unclear = Array.from({ length: 40 }, () => rule({ cache: true }, 'ip.src.country eq "NZ"'));
    expect(told(rules(...unclear))).toEqual(['unknown', 'unknown']);
  });
});

// https://developers.cloudflare.com/rules/page-rules/reference/settings/
describe('page rules', () => {
  it.each<[string, Partial<EdgeZone>, CacheVerdict['outcome'], CacheVerdict['outcome']]>([
    ['everything', pages(page([everything])), 'asked', 'marked'],
    ['everything, for an hour', pages(page([everything, { id: 'edge_cache_ttl', value: 3600 }])), 'kept', 'kept'],
    ['how long, for what is kept anyway', pages(page([{ id: 'edge_cache_ttl', value: 3600 }])), 'passed', 'passed'],
    ['everything, 200 for an hour', pages(page([everything, { id: 'cache_ttl_by_status', value: { '200-299': 3600 } }])), 'kept', 'kept'],
    ['everything, 200 never', pages(page([everything, { id: 'cache_ttl_by_status', value: { '200': 'no-store' } }])), 'passed', 'passed'],
    [
      'everything, but for a session',
      pages(page([everything, { id: 'edge_cache_ttl', value: 60 }, { id: 'bypass_cache_on_cookie', value: 'lang=.*|PHPSESSID=.*' }])),
      'passed',
      'kept',
    ],
    ['everything, but for any cookie', pages(page([everything, { id: 'bypass_cache_on_cookie', value: '.*' }])), 'passed', 'marked'],
    [
      'everything, but for a cookie nobody knows',
      pages(page([everything, { id: 'bypass_cache_on_cookie', value: 'logged_in=.*' }])),
      'unknown',
      'marked',
    ],
    ['everything for a session', pages(page([{ id: 'cache_on_cookie', value: 'session=.*' }])), 'asked', 'passed'],
    [
      'everything, told apart by a session',
      pages(
        page([everything, { id: 'edge_cache_ttl', value: 60 }, { id: 'cache_key_fields', value: { cookie: { include: ['session'] } } }]),
      ),
      'passed',
      'kept',
    ],
    ['everything, by http alone', pages(page([everything], { pattern: 'http://*example.com/*' })), 'passed', 'passed'],
    ['everything, in other capitals', pages(page([everything], { pattern: 'APP.example.com/API/*' })), 'asked', 'marked'],
    [
      'the first of two is meant',
      pages(page([{ id: 'ssl', value: 'strict' }], { priority: 2 }), page([everything], { priority: 1 })),
      'passed',
      'passed',
    ],
    [
      'the first is the one with the higher number',
      pages(page([{ id: 'ssl', value: 'strict' }], { priority: 1 }), page([everything], { priority: 2 })),
      'asked',
      'marked',
    ],
    ['switched off', pages(page([everything], { status: 'disabled' })), 'passed', 'passed'],
    [
      'overruled by a cache rule',
      { ...pages(page([everything, { id: 'edge_cache_ttl', value: 60 }])), ...rules(rule({ cache: true })) },
      'asked',
      'marked',
    ],
    ['that could not be read', { pageRules: unread }, 'unknown', 'unknown'],
  ])('%s', (_, change, cookie, header) => {
    expect(told(change)).toEqual([cookie, header]);
  });
});

describe('where it is known which cookies somebody signed in has', () => {
  const held = ['lang', 'sb-abcd-auth-token.0', 'sb-abcd-auth-token.1'];
  const cookieTold = (change: Partial<EdgeZone>): CacheVerdict['outcome'] =>
    cacheVerdict(signedInRequests('app.example.com', '/api/me', held)[0], edgeZoneSample(change)).outcome;
  const kept = rule({ cache: true, edge_ttl: ttl('override_origin', 60) });
  const bypass = (expression: string): Partial<EdgeZone> => rules(kept, rule({ cache: false }, expression));
  const key = (name: string): Partial<EdgeZone> =>
    rules(rule({ cache: true, edge_ttl: ttl('override_origin', 60), cache_key: { custom_key: { cookie: { include: [name] } } } }));
  const page = (value: string): Partial<EdgeZone> =>
    pages({
      id: '1',
      status: 'active',
      targets: [{ constraint: { value: '*example.com/*' } }],
      actions: [everything, { id: 'edge_cache_ttl', value: 60 }, { id: 'bypass_cache_on_cookie', value }],
    });

  it.each<[string, Partial<EdgeZone>, CacheVerdict['outcome']]>([
    ['not for his', bypass('http.cookie contains "auth-token"'), 'passed'],
    ['not for another session', bypass('http.cookie contains "session="'), 'kept'],
    ['not for a text that may be in a value', bypass('http.cookie contains "session"'), 'unknown'],
    ['told apart by his', key('sb-abcd-auth-token.0'), 'passed'],
    ['told apart by another session', key('session'), 'kept'],
    ['told apart by another of his', key('lang'), 'unknown'],
    ['a page rule, not for his', page('lang_x=.*|sb-.*-auth-token.*=.*'), 'passed'],
    ['a page rule, not for another session', page('session=.*|PHPSESSID=.*'), 'kept'],
    ['a page rule, not for any', page('.*'), 'passed'],
  ])('%s', (_, change, expected) => {
    expect(cookieTold(change)).toBe(expected);
  });
});

it('files are kept without any rule, by their ending', () => {
  expect(told({}, '/export/invoices.csv')).toEqual(['asked', 'marked']);
  expect(told({}, '/export/invoices.json')).toEqual(['passed', 'passed']);
  expect(told(rules(rule({ edge_ttl: ttl('override_origin', 60) })), '/export/invoices.CSV')).toEqual(['kept', 'kept']);
  expect(told(rules(rule({ cache: false })), '/export/invoices.csv')).toEqual(['passed', 'passed']);
});
