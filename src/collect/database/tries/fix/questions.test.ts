import { describe, expect, it } from 'vitest';
import type { Cell, ProvedObject } from '../../../../evidence/isolation.ts';
import { leakyObject } from '../../../../evidence/isolation-samples.ts';
import { samplePolicy } from '../../world/fixture.ts';
import type { Tried } from '../attempt.ts';
import { meantIn, questionOf, type Tries } from './questions.ts';

const id = 'public.invoices';
const triesOf = ({ cells }: ProvedObject): Tried[] =>
  cells.map(({ verb, variant, who, outcome }: Cell) => ({ attempt: { object: id, verb, variant, who }, outcome }) as unknown as Tried);
const asked = (object: ProvedObject, change: Partial<Tries> = {}) => {
  const tried = triesOf(object);
  const tries: Tries = { tried, all: tried, led: new Map(), tenancies: true, ...change };
  return questionOf(id, object, tries, meantIn(tries, new Map([[id, object]])));
};
const who = (all: readonly Tried[] = [], verb = 'select'): string[] =>
  all.flatMap(({ attempt }) => (attempt.verb === verb ? [attempt.who] : []));

describe('what a correction has to do', () => {
  it('is to keep out who is from outside, and to leave in who belongs to it', () => {
    const question = asked(leakyObject());
    expect(who(question?.leaks)).toEqual(['newcomer', 'stranger', 'foreign-admin']);
    expect(who(question?.kept)).toEqual(['peer', 'owner', 'tenant-admin', 'admin']);
    // What visitors tried in vain stays shut.
    expect(who(question?.shut)).toEqual(['anon']);
  });

  it('leaves aside the administrator of an organisation where nothing makes one: he is a colleague like any other', () => {
    const object = leakyObject({ belongs: { to: 'user', path: ['user_id'], told: 'foreign-key' } });
    expect(who(asked(object)?.kept)).toContain('tenant-admin');
    const question = asked(object, { tenancies: false });
    expect(who(question?.kept)).toEqual(['owner', 'admin']);
    expect(who(question?.leaks)).toEqual(['newcomer', 'stranger', 'foreign-admin']);
  });

  it('names each policy once that let them through', () => {
    const object = leakyObject();
    const tried = triesOf(object);
    const wide = samplePolicy({ name: 'wide' });
    const led = new Map(tried.map((one) => [one, [wide]]));
    expect(asked(object, { tried, all: tried, led })?.culprits).toEqual([wide]);
  });

  it('is nothing where nothing leaks, or where the table was made from generated types', () => {
    expect(asked(leakyObject({ cells: [] }))).toBeUndefined();
    expect(asked(leakyObject({ reconstructed: true }))).toBeUndefined();
  });
});
