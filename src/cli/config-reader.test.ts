import { describe, expect, it } from 'vitest';
import { readYaml } from './config-reader.ts';
import { configSchema } from './config-schema.ts';

const read = (text: string): unknown => readYaml(text, configSchema, 'launch-ready.yaml');
const wrong = (text: string): string => {
  try {
    return `accepted: ${JSON.stringify(read(text))}`;
  } catch (error) {
    return `${(error as Error).message} ${(error as { remedy?: string }).remedy ?? ''}`.trim();
  }
};

describe('readYaml', () => {
  it('reads a whole config', () => {
    const text = `url: https://app.example.com
scope: { hosts: [api.example.com], requests: 50, history: false }
off:
  - { check: audit/source-maps, reason: on purpose }
waivers:
  - finding: audit/source-maps#1a2b3c4d
    reason: behind the VPN
    name: Jane
    expires: 2027-01-31
gate: { failOn: high, unknown: warn, baseline: known.json }
rates: { low: 60, high: 90.5, currency: EUR }
`;
    expect(read(text)).toMatchObject({
      scope: { requests: 50, history: false },
      waivers: [{ expires: '2027-01-31' }],
      rates: { high: 90.5 },
    });
  });

  it('takes an empty file, or one of comments, as no settings', () => {
    expect(read('')).toEqual({});
    expect(read('# nothing\n')).toEqual({});
  });

  it.each([
    ['broken YAML', 'url: [\n', /^launch-ready\.yaml:2:1: this is no valid YAML/],
    ['a tab', 'gate:\n\tfailOn: high\n', /^launch-ready\.yaml:2:1: this is no valid YAML/],
    ['a key twice', 'url: https://a.example\nurl: https://b.example\n', /^launch-ready\.yaml:2:1: .*unique/],
    ['two documents', 'url: https://a.example\n---\nurl: https://b.example\n', /no valid YAML/],
    ['an unknown key', 'gate:\n  failon: high\n', /^launch-ready\.yaml:2:3: gate has no setting failon\. Did you mean failOn\?$/],
    ['an unknown key at the top', 'wavers: []\n', /^launch-ready\.yaml:1:1: there is no setting wavers\. Did you mean waivers\?$/],
    ['a key of every object', '__proto__: { x: 1 }\n', /no setting __proto__/],
    [
      'a missing key',
      'waivers:\n  - finding: audit/x\n    name: Jane\n',
      /^launch-ready\.yaml:2:5: waivers\[1\] lacks reason and expires\.$/,
    ],
    ['a list that is none', 'waivers: yes\n', /waivers must be a list/],
    [
      'an object that is none',
      'gate: high\n',
      /gate must have keys below it\. It may have failOn, unknown, baseline; where it is to hold nothing/,
    ],
    [
      'one that was left empty, by what it needs',
      'domains:\n',
      /domains must have the key apex below it\. It may have hosts, mail, .*; where it is to hold nothing, leave it out\.$/,
    ],
    ['a list as file', '- a\n', /the file must have keys\. It may have url/],
    ['a number that is text', 'scope: { requests: many }\n', /scope\.requests must be a whole number from 1 to 10000/],
    ['a number out of range', 'scope: { requests: 0 }\n', /whole number from 1 to 10000/],
    ['half a request', 'scope: { requests: 1.5 }\n', /whole number/],
    ['no number', 'rates: { low: .nan, high: 1, currency: EUR }\n', /rates\.low must be a number/],
    ['a truth that is text', 'scope: { history: "no" }\n', /scope\.history must be true or false/],
    ['a word not on the list', 'gate: { failOn: severe }\n', /gate\.failOn must be one of blocker, high, medium, low/],
    [
      'a date that is none',
      'waivers: [{ finding: audit/x, reason: r, name: n, expires: 2027-13-01 }]\n',
      /waivers\[1\]\.expires must be Last day/i,
    ],
    ['an empty reason', 'off: [{ check: audit/x, reason: "" }]\n', /off\[1\]\.reason must be a text/],
    ['an address of another kind', 'url: file:///etc/passwd\n', /url must be/],
    ['an address as host', 'scope: { hosts: ["https://api.example.com"] }\n', /scope\.hosts\[1\] must be a host name/],
    ['a missing value', 'url:\n', /url must be a text/],
  ])('refuses %s and says where', (_, text, message) => {
    expect(wrong(text)).toMatch(message);
  });

  it.each([
    ['a function', 'url: !!js/function "function () { process.exit(9) }"\n'],
    ['a private tag', 'url: !env HOME\n'],
    ['an object of Python', 'url: !!python/object/apply:os.system ["id"]\n'],
  ])('refuses %s instead of making it', (_, text) => {
    expect(wrong(text)).toMatch(/^launch-ready\.yaml:1:\d+: /);
    expect(wrong(text)).not.toContain('accepted');
  });

  it('refuses aliases, so no file can grow in memory', () => {
    const bomb = [
      'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
      ...Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${'*a' + n + ', '.repeat(1)}*a${n}]`),
    ];
    expect(wrong(`${bomb.join('\n')}\n`)).toMatch(/anchors|aliases/);
    expect(wrong('url: &x https://a.example\n')).toMatch(/anchors/);
  });

  it('says how many there may be of what makes a run longer', () => {
    const mails = (count: number): string => `email:\n  mails:\n${'    - { name: invite, request: POST /api/invites }\n'.repeat(count)}`;
    expect(readYaml(mails(20), configSchema, 'launch-ready.yaml')).toBeDefined();
    expect(() => readYaml(mails(21), configSchema, 'launch-ready.yaml')).toThrow(/email\.mails must be a list of 20 at most: it has 21/);
  });

  it('refuses files that are too large or nested too deeply', () => {
    expect(wrong(`# ${'x'.repeat(300_000)}`)).toContain('larger than 256 KB');
    expect(wrong(`url: ${'['.repeat(100_000)}`)).toMatch(/nested too deeply|no valid YAML/);
  });
});
