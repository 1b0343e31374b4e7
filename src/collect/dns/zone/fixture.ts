import type { Answer } from 'dns-packet';

/** A key, a set of records and its signature, as they stand in an RFC. Algorithm, labels and tag are those of the signature. */
export interface Vector {
  readonly set: readonly Answer[];
  /** The first is that of the zone; the last, if there are two, is the one that signed. */
  readonly keys: readonly (readonly [flags: number, algorithm: number, key: string])[];
  readonly labels: number;
  readonly dates: readonly [inception: number, expiration: number];
  readonly tag: number;
  readonly signer: string;
  readonly signature: string;
}

const at = (text: string): number => Date.parse(text) / 1_000;
const in4035 = [at('2004-04-09T18:36:19Z'), at('2004-05-09T18:36:19Z')] as const;
const in5702 = [at('2000-01-01T00:00:00Z'), at('2030-01-01T00:00:00Z')] as const;
const in8080 = [1_438_207_200, 1_440_021_600] as const;

/** RFC 4035 appendix A: the keys of `example`. */
const zsk = [
  256,
  5,
  'AQOy1bZVvpPqhg4j7EJoM9rI3ZmyEx2OzDBVrZy/lvI5CQePxXHZS4i8dANH4DX3tbHol61ek8EFMcsGXxKciJFHyhl94C+NwILQdzsUlSFovBZsyl/NX6yEbtw/xN9ZNcrbYvgjjZ/UVPZIySFNsgEYvh0z2542lzMKR4Dh8uZffQ==',
] as const;
const ksk = [
  257,
  5,
  'AQOeX7+baTmvpVHb2CcLnL1dMRWbuscRvHXlLnXwDzvqp4tZVKp1sZMepFb8MvxhhW3y/0QZsyCjczGJ1qk8vJe52iOhInKROVLRwxGpMfzPRLMlGybr51bOV/1se0ODacj3DomyB4QB5gKTYot/K9alk5/j8vfd4jWCWD+E1Sze0Q==',
] as const;
export const of4035 = { keys: [zsk], dates: in4035, tag: 38_519, signer: 'example' } as const;
export const keyRecord = ([flags, algorithm, key]: Vector['keys'][number]): Answer => ({
  type: 'DNSKEY',
  name: 'example',
  ttl: 3_600,
  data: { flags, algorithm, key: Buffer.from(key, 'base64') },
});
const ns = (data: string): Answer => ({ type: 'NS', name: 'example', ttl: 3_600, data });
export const mx = (name: string, preference: number, exchange: string): Answer => ({
  type: 'MX',
  name,
  ttl: 3_600,
  data: { preference, exchange },
});
const a = (name: string, data: string): Answer => ({ type: 'A', name, ttl: 3_600, data });
export const nsec = (nextDomain: string): Answer => ({
  type: 'NSEC',
  name: 'example',
  ttl: 3_600,
  data: { nextDomain, rrtypes: ['NS', 'SOA', 'MX', 'RRSIG', 'NSEC', 'DNSKEY'] },
});
const nsSignature =
  'gl13F00f2U0R+SWiXXLHwsMY+qStYy5k6zfdEuivWc+wd1fmbNCyql0Tk7lHTX6UOxc8AgNf4ISFve8XqF4q+o9qlnqIzmppU3LiNeKT4FZ8RO5urFOvoMRTbQxW3U0hXWuggE4g3ZpsHv480HjMeRaZB/FRPGfJPajngcq6Kwg=';
export const nsecSignature =
  'O0k558jHhyrC97ISHnislm4kLMW48C7U7cBmFTfhke5iVqNRVTB1STLMpgpbDIC9hcryoO0VZ9ME5xPzUEhbvGnHd5sfzgFVeGxr5Nyyq4tWSDBgIBiLQUv1ivy29vhXy7WgR62dPrZ0PWvmjfFJ5arXf4nPxp/kEowGgBRzY/U=';
export const wildcard = {
  ...of4035,
  set: [mx('a.z.w.example', 1, 'ai.example')],
  labels: 2,
  signature:
    'OMK8rAZlepfzLWW75Dxd63jy2wswESzxDKG2f9AMN1CytCd10cYISAxfAdvXSZ7xujKAtPbctvOQ2ofO7AZJ+d01EeeQTVBPq4/6KCWhqe2XTjnkVLNvvhnc0u28aoSsG0+4InvkkOHknKxw4kX18MMR34i8lC36SR5xBni8vHI=',
} as const;
export const p256 = {
  set: [a('www.example.net', '192.0.2.1')],
  keys: [[257, 13, 'GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==']],
  labels: 3,
  dates: [at('2010-08-12T10:04:39Z'), at('2010-09-09T10:04:39Z')],
  tag: 55_648,
  signer: 'example.net',
  signature: 'qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==',
} as const;

/** Those of RFC 8080 §6 as corrected by its erratum 4935: the signatures that were printed first count the root as a label. */
const of8080 = { set: [mx('example.com', 10, 'mail.example.com')], labels: 2, dates: in8080, signer: 'example.com' } as const;

export const vectors: Readonly<Record<string, Vector>> = {
  'RFC 4035 A, SOA': {
    ...of4035,
    set: [
      {
        type: 'SOA',
        name: 'example',
        ttl: 3_600,
        data: {
          mname: 'ns1.example',
          rname: 'bugs.x.w.example',
          serial: 1_081_539_377,
          refresh: 3_600,
          retry: 300,
          expire: 3_600_000,
          minimum: 3_600,
        },
      },
    ],
    labels: 1,
    signature:
      'ONx0k36rcjaxYtcNgq6iQnpNV5+drqYAsC9h7TSJaHCqbhE67Sr6aH2xDUGcqQWu/n0UVzrFvkgO9ebarZ0GWDKcuwlM6eNB5SiX2K74l5LWDA7S/Un/IbtDq4Ay8NMNLQI7Dw7n4p8/rjkBjV7j86HyQgM5e7+miRAz8V01b0I=',
  },
  'RFC 4035 A, NS, which come in another order': {
    ...of4035,
    set: [ns('ns2.example'), ns('ns1.example')],
    labels: 1,
    signature: nsSignature,
  },
  'RFC 4035 A, NS, one twice': {
    ...of4035,
    set: [ns('ns2.example'), ns('ns1.example'), ns('ns2.example')],
    labels: 1,
    signature: nsSignature,
  },
  'RFC 4035 A, NS, in capitals': { ...of4035, set: [ns('NS2.Example'), ns('nS1.EXAMPLE')], labels: 1, signature: nsSignature },
  'RFC 4035 A, DNSKEY': {
    ...of4035,
    set: [keyRecord(zsk), keyRecord(ksk)],
    keys: [ksk],
    labels: 1,
    tag: 9_465,
    signature:
      'ZxgauAuIj+k1YoVEOSlZfx41fcmKzTFHoweZxYnz99JVQZJ33wFS0Q0jcP7VXKkaElXk9nYJXevO/7nAbo88iWsMkSpSR6jWzYYKwfrBI/L9hjYmyVO9m6FjQ7uwM4dCP/bIuV/DKqOAK9NYNC3AHfvCV1Tp4VKDqxqG7R5tTVM=',
  },
  'RFC 4035 A, AAAA': {
    ...of4035,
    set: [{ type: 'AAAA', name: 'ai.example', ttl: 3_600, data: '2001:db8::f00:baa9' }],
    labels: 2,
    signature:
      'nLcpFuXdT35AcE+EoafOUkl69KB+/e56XmFKkewXG2IadYLKAOBIoR5+VoQV3XgTcofTJNsh1rnF6Eav2zpZB3byI6yo2bwY8MNkr4A7cL9TcMmDwV/hWFKsbGBsj8xSCN/caEL2CWY/5XP2sZM6QjBBLmukH30+w1z3h8PUP2o=',
  },
  'RFC 4035 A, NSEC': { ...of4035, set: [nsec('a.example')], labels: 1, signature: nsecSignature },
  'RFC 4035 B.6, MX of a wildcard': wildcard,
  'RFC 4035 A, MX of the wildcard itself': { ...wildcard, set: [mx('*.w.example', 1, 'ai.example')] },
  'RFC 5702 6.1, RSA with SHA-256': {
    set: [a('www.example.net', '192.0.2.91')],
    keys: [[256, 8, 'AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4cAgtvd4Qs8PkxUdp6p/DlUmObdk=']],
    labels: 3,
    dates: in5702,
    tag: 9_033,
    signer: 'example.net',
    signature: 'kRCOH6u7l0QGy9qpC9l1sLncJcOKFLJ7GhiUOibu4teYp5VE9RncriShZNz85mwlMgNEacFYK/lPtPiVYP4bwg==',
  },
  'RFC 5702 6.2, RSA with SHA-512': {
    set: [a('www.example.net', '192.0.2.91')],
    keys: [
      [
        256,
        10,
        'AwEAAdHoNTOW+et86KuJOWRDp1pndvwb6Y83nSVXXyLA3DLroROUkN6X0O6pnWnjJQujX/AyhqFDxj13tOnD9u/1kTg7cV6rklMrZDtJCQ5PCl/D7QNPsgVsMu1J2Q8gpMpztNFLpPBz1bWXjDtaR7ZQBlZ3PFY12ZTSncorffcGmhOL',
      ],
    ],
    labels: 3,
    dates: in5702,
    tag: 3_740,
    signer: 'example.net',
    signature:
      'tsb4wnjRUDnB1BUi+t6TMTXThjVnG+eCkWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDtsuJRaeUw1ep94PzEWzr0iGYgZBWm/zpq+9fOuagYJRfDqfReKBzMweOLDiNa8iP5g9vMhpuv6OPlvpXwm9Sa9ZXIbNl1MBGk0fthPgxdDLw=',
  },
  'RFC 6605 6.1, P-256': p256,
  'RFC 6605 6.2, P-384': {
    ...p256,
    keys: [
      [
        257,
        14,
        'xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40',
      ],
    ],
    dates: [at('2010-08-12T10:20:25Z'), at('2010-09-09T10:20:25Z')],
    tag: 10_771,
    signature:
      '/L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuzWTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm',
  },
  'RFC 8080 6.1, Ed25519': {
    ...of8080,
    keys: [[257, 15, 'l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=']],
    tag: 3_613,
    signature: 'oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==',
  },
  'RFC 8080 6.1, Ed25519, the second': {
    ...of8080,
    keys: [[257, 15, 'zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=']],
    tag: 35_217,
    signature: 'zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wyUhVioYZXFdT410QPRITQSqJSnzQoSm5poJ7gD7AQR0O7KuI5k2pcBg==',
  },
  'RFC 8080 6.2, Ed448': {
    ...of8080,
    keys: [[257, 16, '3kgROaDjrh0H2iuixWBrc8g2EpBBLCdGzHmn+G2MpTPhpj/OiBVHHSfPodx1FYYUcJKm1MDpJtIA']],
    tag: 9_713,
    signature:
      '3cPAHkmlnxcDHMyg7vFC34l0blBhuG1qpwLmjInI8w1CMB29FkEAIJUA0amxWndkmnBZ6SKiwZSAxGILn/NBtOXft0+Gj7FSvOKxE/07+4RQvE581N3Aj/JtIyaiYVdnYtyMWbSNyGEY2213WKsJlwEA',
  },
  'RFC 8080 6.2, Ed448, the second': {
    ...of8080,
    keys: [[257, 16, 'kkreGWoccSDmUBGAe7+zsbG6ZAFQp+syPmYUurBRQc3tDjeMCJcVMRDmgcNLp5HlHAMy12VoISsA']],
    tag: 38_353,
    signature:
      'E1/oLjSGIbmLny/4fcgM1z4oL6aqo+izT3urCyHyvEp4Sp8Syg1eI+lJ57CSnZqjJP41O/9l4m0AsQ4f7qI1gVnML8vWWiyW2KXhT9kuAICUSxv5OWbf81Rq7Yu60npabODB0QFPb/rkW3kUZmQ0YQUA',
  },
};
