import { describe, expect, it } from 'vitest';
import { holds, matchesWildcard } from './edge-expression.ts';

const request = { host: 'app.example.com', path: '/api/me', cookie: 'session=1', headers: ['authorization', 'accept'] };

describe('an expression of a rule', () => {
  it.each([
    ['true', true],
    ['http.host eq "app.example.com"', true],
    ['(http.host eq "app.example.com" and not starts_with(http.request.uri.path, "/api/"))', false],
    ['(http.host ne "app.example.com") or (http.request.uri.path contains "/me")', true],
    ['http.host in {"www.example.com" "app.example.com"}', true],
    ['http.request.uri.path.extension in {"css" "js"}', false],
    ['any(http.request.headers.names[*] == "authorization")', true],
    ['http.cookie contains "sess" && !(http.host == "x")', true],
    ['http.request.full_uri wildcard "https://*.example.com/API/*"', true],
    ['http.request.full_uri strict wildcard "https://*.example.com/API/*"', false],
    ['lower(http.host) eq "app.example.com" xor true', false],
    ['ends_with(http.request.uri.path, ".css")', false],
  ])('%s: %s', (expression, truth) => {
    expect(holds(expression, request)).toBe(truth);
  });

  it.each([
    'ip.geoip.country eq "DE"',
    'http.request.uri.path matches "^/api"',
    'cf.threat_score gt 10',
    'http.host eq "app.example.com" and',
    '(http.host eq "app.example.com"',
    'http.host eq "app.example.com" )',
    '',
    '§',
  ])('cannot tell: %s', (expression) => {
    expect(holds(expression, request)).toBeUndefined();
  });

  it('tells what is sure whatever the rest is', () => {
    expect(holds('ip.src in $office and http.host eq "other.example.com"', request)).toBe(false);
    expect(holds('cf.client.bot and http.host eq "other.example.com"', request)).toBe(false);
    expect(holds('ip.geoip.country eq "DE" and http.host eq "other.example.com"', request)).toBe(false);
    expect(holds('ip.geoip.country eq "DE" or http.host eq "app.example.com"', request)).toBe(true);
  });

  it.each([
    ['ip.src eq 198.51.100.7', false],
    ['ip.src in {198.51.100.0/24 2001:db8::/48}', false],
    ['not ip.src in {198.51.100.0/24}', true],
    ['ip.src ne 198.51.100.7', true],
    ['ip.src in {0.0.0.0/0}', true],
    ['ip.src in $office', false],
    ['cf.client.bot', false],
    ['ip.src.country eq "NZ"', undefined],
    ['ip.src.asnum in {64496}', undefined],
  ])('says of a stranger: %s is %s', (expression, truth) => {
    expect(holds(expression, { ...request, isStranger: true })).toBe(truth);
    // Of somebody whose address is not said nothing is known.
    expect(holds(expression, request)).toBe(undefined);
  });

  it.each([
    ['ssl', false, true],
    ['not ssl', true, false],
    ['http.request.scheme eq "http"', true, false],
    ['http.request.full_uri wildcard r"http://*"', true, false],
    ['http.request.full_uri wildcard r#"http://*"#', true, false],
    ['http.request.full_uri wildcard "http://*"', true, false],
  ])('knows how somebody came: %s', (expression, byHttp, byHttps) => {
    expect(holds(expression, { ...request, scheme: 'http' })).toBe(byHttp);
    expect(holds(expression, request)).toBe(byHttps);
  });

  it.each([
    ['http.cookie contains "session="', true],
    ['http.cookie contains "PHPSESSID"', true],
    ['http.cookie wildcard "*sb-access-token=*"', true],
    ['http.cookie ne ""', true],
    ['http.cookie eq ""', false],
    ['not http.cookie contains "session="', false],
    ['http.cookie contains "sb-"', true],
    ['http.cookie contains "connect.sid"', true],
    ['http.cookie contains "lang="', undefined],
    // Words of a session inside of others.
    ['http.cookie contains "inside_promo"', undefined],
    ['http.cookie contains "cf_auth_preview"', undefined],
    ['http.cookie contains "author"', undefined],
    ['http.cookie wildcard "*consider=*"', undefined],
    ['http.cookie contains "tokens_seen"', undefined],
    ['http.cookie contains "csrf_token"', undefined],
    ['lower(http.cookie) contains "session="', undefined],
    ['http.cookie matches "session=.+"', undefined],
  ])('says of somebody with a session, whatever its cookie is called: %s is %s', (expression, truth) => {
    expect(holds(expression, { host: 'app.example.com', path: '/', hasSession: true })).toBe(truth);
  });

  it.each([
    ['http.cookie contains "portal_sid="', true],
    ['http.cookie contains "sid"', true],
    ['http.cookie wildcard "*PORTAL_*="', undefined],
    ['http.cookie wildcard "*PORTAL_*=*"', true],
    // Cookies have names of small and large letters.
    ['http.cookie contains "PORTAL_SID="', false],
    ['http.cookie contains "session="', false],
    ['not http.cookie contains "session="', true],
    ['http.cookie contains "lang="', undefined],
    ['http.cookie contains "session"', undefined],
    ['http.cookie contains "inside_promo"', undefined],
    ['http.cookie ne ""', true],
  ])('says of somebody whose cookies are known: %s is %s', (expression, truth) => {
    expect(holds(expression, { host: 'app.example.com', path: '/', hasSession: true, held: ['lang', 'portal_sid'] })).toBe(truth);
  });

  it('says nothing by cookies of which none is of a session', () => {
    const seen = { host: 'app.example.com', path: '/', hasSession: true, held: ['lang'] };
    expect(holds('http.cookie contains "session="', seen)).toBe(true);
    expect(holds('http.cookie contains "lang="', seen)).toBe(undefined);
  });

  it('knows wildcards', () => {
    expect(matchesWildcard('example.com/a/b', '*example.com/*')).toBe(true);
    expect(matchesWildcard('aa', 'a*a*a')).toBe(false);
    expect(matchesWildcard('abc', 'a*c')).toBe(true);
  });
});
