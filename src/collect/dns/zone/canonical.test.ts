import fc from 'fast-check';
import packet, { type Answer } from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { answersOf, isWithin, textOf, wireName } from './canonical.ts';

/** A message with one question for `Example.` and one answer to it, whose owner and data are given. */
function message(owner: number[], type: number, data: number[], { count = 1, length = data.length, klass = 1 } = {}): Buffer {
  return Buffer.from(
    [
      [0, 0, 0x84, 0, 0, 1, 0, count, 0, 0, 0, 0],
      [7, ...Buffer.from('Example'), 0, 0, 1, 0, 1],
      [...owner, 0, type, 0, klass, 0, 0, 1, 0, length >> 8, length & 0xff, ...data],
    ].flat(),
  );
}
const question = [0xc0, 12];

describe('the answers of a message', () => {
  it('have their names written out, and in lower case', () => {
    const [record] = answersOf(message([3, ...Buffer.from('wWw'), ...question], 15, [0, 5, 4, ...Buffer.from('MAIL'), ...question]));
    expect(record).toEqual({
      owner: wireName('www.example'),
      type: 15,
      ttl: 256,
      rdata: Buffer.concat([Buffer.from([0, 5]), wireName('mail.example')]),
    });
  });

  it.each<[string, Answer, string]>([
    ['NS', { type: 'NS', name: 'example', data: 'NS1.Example' }, 'ns1.example'],
    ['CNAME', { type: 'CNAME', name: 'example', data: 'WWW.Example' }, 'www.example'],
    ['SOA', { type: 'SOA', name: 'example', data: { mname: 'NS.Example', rname: 'Host.Example' } } as Answer, 'ns.example'],
    ['SRV', { type: 'SRV', name: 'example', data: { port: 1, target: 'SRV.Example' } }, 'srv.example'],
    [
      'NAPTR',
      {
        type: 'NAPTR',
        name: 'example',
        data: { order: 1, preference: 1, flags: 'S', services: 'SIP', regexp: '!A!B!', replacement: 'SIP.Example' },
      } as Answer,
      'sip.example',
    ],
    ['RP', { type: 'RP', name: 'example', data: { mbox: 'Box.Example', txt: 'Text.Example' } } as Answer, 'text.example'],
  ])('of type %s', (_, answer, name) => {
    const [record] = answersOf(packet.encode({ type: 'response', answers: [answer] }));
    expect(record!.rdata.includes(wireName(name))).toBe(true);
  });

  it('keep the letters of what is no name', () => {
    const records = answersOf(
      packet.encode({
        type: 'response',
        answers: [
          { type: 'NSEC', name: 'example', data: { nextDomain: 'A.Example', rrtypes: ['A'] } },
          { type: 'TXT', name: 'example', data: 'Text' },
          {
            type: 'NAPTR',
            name: 'example',
            data: { order: 1, preference: 1, flags: 'S', services: 'SIP', regexp: '!A!B!', replacement: '.' },
          } as Answer,
        ],
      }),
    );
    expect(records.map(({ rdata }) => ['A', 'Text', 'SIP'].filter((text) => rdata.includes(text)))).toEqual([
      ['A'],
      ['Text'],
      ['A', 'SIP'],
    ]);
  });

  it('of other classes are left out', () => {
    expect(answersOf(message(question, 1, [192, 0, 2, 1], { klass: 3 }))).toEqual([]);
  });

  it.each([
    ['a name that leads to itself', message([0xc0, 25], 1, [192, 0, 2, 1])],
    ['a name that leads forward', message([0xc0, 40], 1, [192, 0, 2, 1])],
    ['a label of a kind that there is not', message([0x80, 1, 0], 1, [192, 0, 2, 1])],
    [
      'a name of more than 255 bytes',
      message(
        Array.from({ length: 6 }, () => [60, ...Buffer.alloc(60, 97)])
          .flat()
          .concat(0),
        1,
        [1, 2, 3, 4],
      ),
    ],
    ['data beyond the end', message(question, 1, [192, 0, 2, 1], { length: 5 })],
    ['more answers than there are', message(question, 1, [192, 0, 2, 1], { count: 2 })],
    ['a name that goes on beyond its record', message(question, 5, [3, 97, 98, 99, 0], { length: 3 })],
    ['a record that ends before its name', message(question, 15, [0], {})],
    ['a message cut short', message(question, 1, [192, 0, 2, 1]).subarray(0, 30)],
    ['a head alone', Buffer.alloc(12, 1)],
    ['nothing', Buffer.alloc(0)],
  ])('%s is refused', (_, bytes) => {
    expect(() => answersOf(bytes)).toThrow(RangeError);
  });

  it('end, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 3 }), (tail, count) => {
        const bytes = Buffer.concat([Buffer.from([0, 0, 0x84, 0, 0, 1, 0, count, 0, 0, 0, 0]), tail]);
        try {
          return answersOf(bytes).length <= count;
        } catch (error) {
          return error instanceof RangeError;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  /** A record of no class of ours whose data is a chain of pointers, each to the one before it, and the place of the last of `count`. */
  function chained(count: number, records: number, of: (last: number) => number[]): Buffer {
    const chain = Array.from({ length: count + 1 }, (_, nth) =>
      nth === 0 ? [0, 0] : [0xc0 | ((21 + 2 * nth) >> 8), (21 + 2 * nth) & 0xff],
    ).flat();
    const head = [0, 0, 0x84, 0, 0, 0, (records + 1) >> 8, (records + 1) & 0xff, 0, 0, 0, 0];
    const first = [0, 0, 16, 0, 3, 0, 0, 0, 0, chain.length >> 8, chain.length & 0xff];
    return Buffer.from([...head, ...first, ...chain, ...Array.from({ length: records }, () => of(23 + 2 * count)).flat()]);
  }
  const pointer = (at: number): number[] => [0xc0 | (at >> 8), at & 0xff];
  const address = (last: number): number[] => [...pointer(last), 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];

  it('may lead through 127 pointers, and no more', () => {
    expect(answersOf(chained(126, 2, address)).map(({ owner }) => owner.length)).toEqual([1, 1]);
    expect(() => answersOf(chained(127, 2, address))).toThrow(RangeError);
    expect(() => answersOf(chained(8_000, 400, address))).toThrow(RangeError);
  });

  it('follow each pointer once, however many names lead through it', () => {
    const bytes = chained(126, 499, (last) => [...pointer(last), 0, 5, 0, 1, 0, 0, 0, 0, 0, 2, ...pointer(last)]);
    let reads = 0;
    const counting = new Proxy(bytes, {
      get: (target, name) => {
        if (name === 'readUInt8') reads += 1;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    expect(answersOf(counting)).toHaveLength(499);
    expect(reads).toBeLessThan(2_000);
  });

  it('that are more than any zone has are not read, nor is more than one question', () => {
    expect(() => answersOf(chained(1, 500, address))).toThrow(/more than is read/);
    const questions = Buffer.from([0, 0, 0x84, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1]);
    expect(() => answersOf(questions)).toThrow(/more than is read/);
  });
});

it('names are written as people write them', () => {
  expect(textOf(wireName('*._tcp.a-b.example'))).toBe('*._tcp.a-b.example');
  expect(textOf(wireName('.'))).toBe('.');
  expect(textOf(Buffer.from([3, 0x1b, 0x2e, 0x41, 0]))).toBe(String.raw`\027\046A`);
});

it('names are within a zone by labels, not by letters', () => {
  const is = (name: string, zone: string): boolean => isWithin(wireName(name), wireName(zone));
  expect([is('a.example', 'example'), is('example', 'example'), is('a.example', '.')]).toEqual([true, true, true]);
  expect([is('aexample', 'example'), is('example', 'a.example'), is('a.example', 'b.example')]).toEqual([false, false, false]);
  expect(isWithin(Buffer.from([9, ...Buffer.from('a\u0007exampl'), 0]), wireName('exampl'))).toBe(false);
});
