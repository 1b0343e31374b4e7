import { describe, expect, it } from 'vitest';
import { faultOf, isOurs } from './fault.ts';

const url = new URL('https://portal.example.com/x?token=abc');
const coded = (code: string, more: object = {}): Error => Object.assign(new Error('low-level words'), { code }, more);

describe('faultOf', () => {
  it.each([
    ['ENOTFOUND', /not found in DNS/],
    ['EAI_AGAIN', /no DNS server answered/],
    ['ECONNREFUSED', /refused the connection/],
    ['ECONNRESET', /closed the connection/],
    ['EHOSTUNREACH', /cannot be reached/],
    ['UND_ERR_CONNECT_TIMEOUT', /did not answer the connection/],
    ['UND_ERR_HEADERS_TIMEOUT', /too long/],
    ['CERT_HAS_EXPIRED', /has expired/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /another name/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /incomplete certificate chain/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak https/],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', /No secure connection/],
    ['HPE_INVALID_HEADER_TOKEN', /garbage/],
  ])('%s', (code, words) => {
    const { message, remedy } = faultOf(coded(code), url);
    expect(message).toMatch(words);
    expect(message).toContain('portal.example.com');
    expect(message + remedy).not.toMatch(/low-level|token=abc/);
    expect(remedy).not.toBe('');
  });

  it('looks into causes and into the attempts an error sums up', () => {
    expect(faultOf(new Error('fetch failed', { cause: coded('ECONNREFUSED') }), url).message).toContain('refused');
    expect(faultOf(new AggregateError([coded('ENETUNREACH'), coded('ECONNREFUSED')]), url).message).toContain('cannot be reached');
  });

  it('says what it can of anything else', () => {
    expect(faultOf('odd', url).message).toContain('odd');
    expect(faultOf(undefined, url).kind).toBe('unreachable');
  });
});

describe('isOurs', () => {
  it('tells a bug of ours from what the network does', () => {
    expect(
      [
        new TypeError('x is not a function'),
        coded('ECONNRESET'),
        new TypeError('fetch failed', { cause: coded('ECONNRESET') }),
        new Error('x'),
      ].map(isOurs),
    ).toEqual([true, false, false, false]);
  });
});
