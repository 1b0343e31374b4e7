import { describe, expect, it } from 'vitest';
import { parseExpression } from '../language/parse-expression.ts';
import { parseRules } from '../language/parse-rules.ts';
import { decide } from './decide.ts';
import { Evaluation } from './expression.ts';
import type { Frame } from './frame.ts';
import type { Scene } from './scene.ts';
import { list, map, NULL, shown, text, TRUE, unresolved, type Value } from './value.ts';

const scene: Scene = {
  product: 'firestore',
  method: 'update',
  path: ['notes', 'n1'],
  auth: map({
    uid: text('ann'),
    token: map({ email: text('ann@mail.example'), email_verified: TRUE, role: text('editor'), tags: list([text('a')]) }),
  }),
  time: 1_700_000_000_000_000_000n,
  before: map({ owner: text('ann'), title: text('Old'), count: { is: 'int', value: 3 }, none: NULL }),
  sent: map({ owner: text('ann'), title: text('New'), count: { is: 'int', value: 4 }, extra: TRUE }),
  store: new Map([
    ['users/ann', map({ role: text('admin') })],
    ['notes/n1', map({ title: text('Old') })],
  ]),
  after: new Map([['notes/n1', map({ title: text('New') })]]),
};
const frame: Frame = { names: new Map([['open', { value: unresolved('a test') }]]), functions: new Map() };
const said = (source: string, more: Partial<Scene> = {}): string => {
  const value: Value = new Evaluation({ ...scene, ...more }).condition(parseExpression(source), frame);
  return value.is === 'error' ? 'error' : value.is === 'any' ? 'unknown' : shown(value);
};

const tables: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'errors and logic': [
    ['true && true', 'true'],
    ['false && resource.data.gone', 'false'],
    ['resource.data.gone && false', 'false'],
    ['true && resource.data.gone', 'error'],
    ['resource.data.gone && true', 'error'],
    ['true || resource.data.gone', 'true'],
    ['resource.data.gone || true', 'true'],
    ['resource.data.gone || false', 'error'],
    ['false || false', 'false'],
    ['!resource.data.gone', 'error'],
    ['!false', 'true'],
    ['"text" && true', 'error'],
    ['"text" && false', 'false'],
    ['!1', 'error'],
    ['open && false', 'false'],
    ['open || true', 'true'],
    ['open && true', 'unknown'],
    ['open || resource.data.gone', 'unknown'],
    ['open && resource.data.gone', 'error'],
    ['nobody || false', 'unknown'],
  ],
  'the ternary': [
    ['true ? 1 : resource.data.gone', '1'],
    ['false ? resource.data.gone : 2', '2'],
    ['resource.data.gone ? 1 : 2', 'error'],
    ['open ? 1 : 1', '1'],
    ['open ? 1 : 2', 'unknown'],
    ['false ? 1 : false ? 2 : 3', '3'],
  ],
  comparing: [
    ['1 == 1.0', 'true'],
    ['1 == "1"', 'false'],
    ['null == null', 'true'],
    ['resource.data.none == null', 'true'],
    ['resource.data.gone == null', 'error'],
    ['[1, [2]] == [1, [2]]', 'true'],
    ['{"a": 1} == {"a": 1.0}', 'true'],
    ['{"a": 1} != {"a": 2}', 'true'],
    ['[1, 2].toSet() == [2, 1].toSet()', 'true'],
    ['1 < 2.5', 'true'],
    ['"b" >= "a"', 'true'],
    ['"a" < 1', 'error'],
    ['null < 1', 'error'],
    ['request.time > timestamp.date(2020, 1, 1)', 'true'],
    ['/a/$("b") == path("/a/b")', 'true'],
  ],
  arithmetic: [
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['7 / 2', '3'],
    ['-7 / 2', '-3'],
    ['7.0 / 2', '3.5'],
    ['7 % 3', '1'],
    ['1 / 0', 'error'],
    ['1.0 / 0', 'Infinity'],
    ['-(1)', '-1'],
    ['"a" + "b"', '"ab"'],
    ['"a" + 1', 'error'],
    ['-"a"', 'error'],
    ['duration.value(1, "h") + request.time > request.time', 'true'],
    ['request.time - request.time == duration.value(0, "s")', 'true'],
  ],
  'in and is': [
    ['1 in [1, 2]', 'true'],
    ['3 in [1, 2].toSet()', 'false'],
    ['"a" in {"a": 1}', 'true'],
    ['"a" in "abc"', 'error'],
    ['"x" in null', 'error'],
    ['"extra" in request.resource.data', 'true'],
    ['1 is int && 1 is number && 1.5 is float && !(1 is float)', 'true'],
    ['"a" is string && true is bool && null is null', 'true'],
    ['[] is list && {} is map && [].toSet() is set', 'true'],
    ['request.time is timestamp && duration.value(1, "s") is duration', 'true'],
    ['/a/b is path && latlng.value(1, 2) is latlng && b"a" is bytes', 'true'],
    ['resource.data.gone is string', 'error'],
    ['1 is thing', 'unknown'],
  ],
  'maps and lists': [
    ['{"a": 1}.keys().hasOnly(["a"])', 'true'],
    ['{"a": 1}.values() == [1]', 'true'],
    ['{"a": 1}.size()', '1'],
    ['{"a": 1}.get("b", 7)', '7'],
    ['{"a": {"b": 2}}.get(["a", "b"], 0)', '2'],
    ['{"a": {"b": 2}}.get(["a", "c"], 0)', '0'],
    ['{"a": 1}.a', '1'],
    ['{"a": 1}["a"]', '1'],
    ['{"a": 1}.b', 'error'],
    ['{"a": 1}.diff({"a": 2}).changedKeys().hasOnly(["a"])', 'true'],
    ['{"a": 1}.diff({"b": 2}).addedKeys() == ["a"].toSet()', 'true'],
    ['{"a": 1}.diff({"b": 2}).removedKeys() == ["b"].toSet()', 'true'],
    ['{"a": 1}.diff({"a": 1}).unchangedKeys() == ["a"].toSet()', 'true'],
    ['request.resource.data.diff(resource.data).affectedKeys().hasOnly(["title", "count", "extra", "none"])', 'true'],
    ['request.resource.data.diff(resource.data).affectedKeys().hasAny(["owner"])', 'false'],
    ['[1, 2].hasAll([1])', 'true'],
    ['[1].hasAll([1, 2])', 'false'],
    ['[1, 2].hasAny([2, 3])', 'true'],
    ['[1].hasOnly([1, 2])', 'true'],
    ['[1, 3].hasOnly([1, 2])', 'false'],
    ['[1].concat([2]) == [1, 2]', 'true'],
    ['[1, 2].removeAll([2]) == [1]', 'true'],
    ['["a", 1].join("-")', '"a-1"'],
    ['[1, 1].toSet().size()', '1'],
    ['[1, 2, 3][1]', '2'],
    ['[1][3]', 'error'],
    ['[1, 2, 3][0:2] == [1, 2]', 'true'],
    ['[1].toSet().union([2].toSet()).size()', '2'],
    ['[1, 2].toSet().difference([2].toSet()) == [1].toSet()', 'true'],
    ['[1, 2].toSet().intersection([2].toSet()) == [2].toSet()', 'true'],
    ['[1].size("x") == 1', 'true'],
    ['[1].nothing()', 'error'],
    ['null.size()', 'error'],
  ],
  texts: [
    ['"Abc".lower() + "Abc".upper()', '"abcABC"'],
    ['" a ".trim()', '"a"'],
    ['"abc".size()', '3'],
    ['"abc"[0]', '"a"'],
    ['"abc"[0:2]', '"ab"'],
    ['"abc"[2:9]', 'error'],
    ['"banana".matches("b.*a")', 'true'],
    ['"banana".matches("ana")', 'false'],
    ['"banana".matches("(?=x)")', 'unknown'],
    ['"a@b".split("@") == ["a", "b"]', 'true'],
    ['"foo@test".split("[@t]").size()', '4'],
    ['"banana".replace("a", "o")', '"bonono"'],
    ['"ab".toUtf8().size()', '2'],
    ['string(1) + string(2.0) + string(true) + string(null)', '"12.0truenull"'],
    ['int("2") + int(2.7) + int(-1.5)', '3'],
    ['int("x")', 'error'],
    ['float("2.5")', '2.5'],
    ['bool("true")', 'true'],
    ['bool("yes")', 'error'],
    ['debug("x")', '"x"'],
  ],
  'time, places and hashes': [
    ['timestamp.date(2024, 2, 29).month()', '2'],
    ['timestamp.date(2024, 2, 29).dayOfYear()', '60'],
    ['timestamp.date(2024, 12, 1).dayOfWeek()', '7'],
    ['timestamp.value(1000).toMillis()', '1000'],
    ['timestamp.value(1500).seconds()', '1'],
    ['timestamp.value(1500).nanos()', '500000000'],
    ['request.time.year()', '2023'],
    ['request.time.date() <= request.time', 'true'],
    ['request.time.time() < duration.value(1, "d")', 'true'],
    ['duration.time(1, 1, 1, 1).seconds()', '3661'],
    ['duration.abs(duration.value(-1, "m")).seconds()', '60'],
    ['duration.value(1, "y")', 'error'],
    ['timestamp.now()', 'unknown'],
    ['latlng.value(1, 2).latitude()', '1'],
    ['latlng.value(0, 0).distance(latlng.value(0, 1)) > 111000.0', 'true'],
    ['math.abs(-2) + math.ceil(1.2) + math.floor(1.8) + math.round(2.5)', '8'],
    ['math.sqrt(4.0) == math.pow(2, 1)', 'true'],
    ['math.isNaN(0.0 / 0) && math.isInfinite(1.0 / 0)', 'true'],
    ['hashing.md5("a").toHexString()', '"0cc175b9c0f1b6a831c399e269772661"'],
    ['hashing.sha256("a").toBase64()', '"ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="'],
    ['hashing.crc32("a").toHexString()', '"e8b7be43"'],
    ['hashing.crc32c("a").toHexString()', '"c1d04330"'],
  ],
  'the request and other documents': [
    ['request.auth.uid', '"ann"'],
    ['request.auth.token.email_verified', 'true'],
    ['request.auth.token.admin', 'error'],
    ['request.auth.token.get("admin", false)', 'false'],
    ['request.method', '"update"'],
    ['request.path[4]', '"n1"'],
    ['resource.id', '"n1"'],
    ['resource.__name__[3]', '"notes"'],
    ['get(/databases/(default)/documents/users/$(request.auth.uid)).data.role', '"admin"'],
    ['get(/databases/(default)/documents/users/nobody) == null', 'true'],
    ['get(/databases/(default)/documents/users/nobody).data.role', 'error'],
    ['exists(/databases/(default)/documents/users/ann)', 'true'],
    ['exists(/databases/(default)/documents/users/nobody)', 'false'],
    ['getAfter(/databases/(default)/documents/notes/n1).data.title', '"New"'],
    ['existsAfter(/databases/(default)/documents/users/ann)', 'false'],
    ['get("users/ann")', 'error'],
    ['exists(/databases/(default)/documents/users/$(open))', 'unknown'],
    ['/{a}/x.bind({"a": "b"}) == /b/x', 'unknown'],
    ['isFriend()', 'unknown'],
    ['math.cosine(1)', 'unknown'],
  ],
};

describe.each(Object.entries(tables))('%s', (_, rows) => {
  it.each(rows)('%s is %s', (source, expected) => expect(said(source)).toBe(expected));
});

describe('limits', () => {
  const rules = (functions: string, condition: string): string =>
    `rules_version = '2'; service cloud.firestore { match /databases/{d}/documents { ${functions} match /notes/{n} { allow update: if ${condition}; } } }`;
  const outcome = (functions: string, condition: string): string => decide(parseRules('r', rules(functions, condition))[0]!, scene).outcome;

  it('refuses the eleventh document, and counts each once', () => {
    const look = (count: number): string =>
      Array.from({ length: count }, (_, index) => `!exists(/databases/$(d)/documents/a/x${index})`).join(' && ');
    expect([outcome('', look(10)), outcome('', look(11)), outcome('', `${look(10)} && ${look(10)}`)]).toEqual([
      'allowed',
      'refused',
      'allowed',
    ]);
  });

  it('refuses functions that call each other more than twenty deep, and those that never end', () => {
    const chain = (count: number): string =>
      Array.from(
        { length: count },
        (_, index) => `function f${index}() { return ${index + 1 === count ? 'true' : `f${index + 1}()`}; }`,
      ).join(' ');
    expect([outcome(chain(20), 'f0()'), outcome(chain(21), 'f0()'), outcome('function f() { return f(); }', 'f()')]).toEqual([
      'allowed',
      'refused',
      'refused',
    ]);
  });

  it('cannot tell where a rule takes too long or becomes too large', () => {
    const twice = Array.from(
      { length: 19 },
      (_, index) => `function f${index}(x) { let a = x + x; let b = a + a; return ${index === 18 ? 'b.size() > 0' : `f${index + 1}(b)`}; }`,
    ).join(' ');
    expect(outcome(twice, 'f0("a")')).toBe('unsure');
    const many = Array.from(
      { length: 19 },
      (_, index) => `function g${index}() { return ${index === 18 ? 'true' : `g${index + 1}() && g${index + 1}() && g${index + 1}()`}; }`,
    ).join(' ');
    expect(outcome(many, 'g0()')).toBe('unsure');
    expect(outcome('', `"${'a'.repeat(50_000)}".matches("(a*)*b")`)).toBe('refused');
  });

  it('sees lets in their order, functions wherever they stand, and names of the path', () => {
    expect(
      outcome(
        'function own(x) { let a = x; let b = a == resource.data.owner; return b; }',
        'own(request.auth.uid) && later() && n == "n1"; } function later() { return d == "(default)"; } match /x/{y} { allow read',
      ),
    ).toBe('allowed');
  });

  it('is not sure of a let that fails and is not needed', () => {
    expect(outcome('function f() { let a = resource.data.gone.size(); return true; }', 'f()')).toBe('unsure');
  });
});
