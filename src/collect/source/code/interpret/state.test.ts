import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authLevels, type Guard } from '../../../../evidence/routes.ts';
import { answered, both, either, type Flag, flagged, guarded, isEmpty, join, nothing, rank, type State, unanswered } from './state.ts';

const place = (line: number) => ({ file: 'a.ts', line });
const levels = fc.constantFrom(...authLevels);
const guards: fc.Arbitrary<Guard> = fc.record({
  level: levels,
  what: fc.constantFrom('x', 'y'),
  place: fc.integer({ min: 1, max: 4 }).map(place),
});
const flags: fc.Arbitrary<Flag> = fc.constantFrom('signature', 'csrf', 'rate', 'ownership', 'set:KEY');
const flagMap = fc.dictionary(flags, guards).map((entries) => new Map(Object.entries(entries)) as Map<Flag, Guard>);

/** States as the machine makes them: the level is that of the strongest guard. */
const states: fc.Arbitrary<State> = fc
  .record({
    guards: fc.array(guards, { maxLength: 3 }),
    roles: fc.uniqueArray(fc.constantFrom('admin', 'owner', 'staff'), { maxLength: 2 }),
    flags: flagMap,
    maybe: fc.array(guards, { maxLength: 2 }),
    maybeFlags: flagMap,
  })
  .map((part) => ({
    ...part,
    auth: part.guards.reduce<State['auth']>((level, guard) => (rank(guard.level) > rank(level) ? guard.level : level), 'none'),
  }));

/** What a state proves, without order and without the conditions under which guards are skipped. */
const proved = (state: State) => ({
  auth: state.auth,
  guards: [...new Set(state.guards.map((guard) => `${guard.level} ${guard.place.line}`))].toSorted(),
  roles: state.roles.toSorted(),
  flags: [...state.flags.keys()].toSorted(),
});
const maybes = (state: State) => ({
  maybe: [...new Set(state.maybe.map((guard) => `${guard.level} ${guard.place.line}`))].toSorted(),
  maybeFlags: [...state.maybeFlags.keys()].toSorted(),
});
const forStates = (check: (a: State, b: State, c: State) => unknown): void =>
  fc.assert(
    fc.property(states, states, states, (a, b, c) => void check(a, b, c)),
    { numRuns: 100 },
  );

describe('either: one of two paths was taken', () => {
  it('is the same state when both are', () => {
    forStates((a) => expect(either(a, a)).toBe(a));
  });

  it('does not depend on the order of the paths', () => {
    forStates((a, b) => {
      expect(proved(either(a, b))).toEqual(proved(either(b, a)));
      expect(maybes(either(a, b))).toEqual(maybes(either(b, a)));
    });
  });

  it('never proves more than each side', () => {
    forStates((a, b) => {
      const joined = either(a, b);
      for (const side of [a, b]) {
        expect(rank(joined.auth)).toBeLessThanOrEqual(rank(side.auth));
        for (const flag of joined.flags.keys()) expect(side.flags.has(flag)).toBe(true);
        if (side.roles.length === 0) expect(joined.roles).toEqual([]);
      }
      for (const guard of joined.guards)
        if (rank(guard.level) > rank(joined.auth)) expect([...a.guards, ...b.guards]).toContainEqual(guard);
    });
  });

  it('keeps what only one side has for the reader, with the condition', () => {
    const signed = flagged('signature', 'stripe', place(2));
    const joined = either(both(guarded('identity', 'getUser()', place(1)), signed), nothing, 'the cookie is missing');
    expect(joined).toMatchObject({ auth: 'none', guards: [], maybe: [{ what: 'getUser()', skippedWhen: 'the cookie is missing' }] });
    expect(joined.flags.size).toBe(0);
    expect(joined.maybeFlags.get('signature')?.skippedWhen).toBe('the cookie is missing');
  });

  it('counts two different guards that are each as strong', () => {
    const joined = either(guarded('identity', 'session', place(1)), guarded('identity', 'API key', place(2)));
    expect(joined.auth).toBe('identity');
    expect(joined.guards.map((guard) => guard.what)).toEqual(['session', 'API key']);
  });

  it('joins roles of both sides, and has none when one side asks none', () => {
    const admin = guarded('role', 'admin', place(1), ['admin']);
    expect(either(admin, guarded('role', 'owner', place(2), ['owner'])).roles).toEqual(['admin', 'owner']);
    expect(either(admin, guarded('identity', 'user', place(2))).roles).toEqual([]);
  });
});

describe('both: two facts hold at once', () => {
  it('adds nothing when the facts are the same', () => {
    forStates((a) => expect(both(a, a)).toBe(a));
  });

  it('does not depend on the order of the facts', () => {
    forStates((a, b) => {
      expect(proved(both(a, b))).toEqual(proved(both(b, a)));
      expect(maybes(both(a, b))).toEqual(maybes(both(b, a)));
    });
  });

  it('proves what each side proves, and no level that neither has', () => {
    forStates((a, b) => {
      const joined = both(a, b);
      expect([a.auth, b.auth]).toContain(joined.auth);
      for (const side of [a, b]) {
        expect(rank(joined.auth)).toBeGreaterThanOrEqual(rank(side.auth));
        for (const flag of side.flags.keys()) expect(joined.flags.has(flag)).toBe(true);
        for (const role of side.roles) expect(joined.roles).toContain(role);
      }
    });
  });

  it('absorbs: a fact and a path on which it may be missing is the fact', () => {
    forStates((a, b) => expect(proved(both(a, either(a, b))).auth).toBe(a.auth));
  });

  it('takes nothing from an empty state', () => {
    forStates((a) => {
      expect(proved(both(a, nothing))).toEqual(proved(a));
      expect(isEmpty(either(nothing, nothing))).toBe(true);
    });
  });
});

describe('join of all paths that lead to a point', () => {
  it('ignores paths that do not get there', () => {
    const user = guarded('identity', 'user', place(1));
    expect(join([undefined, user, undefined])).toBe(user);
    expect(join([undefined])).toBeUndefined();
    expect(join([])).toBeUndefined();
  });

  it('is as weak as the weakest path', () => {
    forStates((a, b, c) => {
      const weakest = Math.min(rank(a.auth), rank(b.auth), rank(c.auth));
      expect(rank(join([a, b, c])?.auth ?? 'none')).toBe(weakest);
    });
  });
});

describe('code that goes on after the answer', () => {
  const user = guarded('identity', 'user', place(1));

  it('is not reached by the caller who was answered', () => {
    expect(unanswered(user)).toBe(user);
    expect(unanswered(answered(user))).toBeUndefined();
  });

  it('belongs to the path that was not answered where paths meet', () => {
    const met = either(answered(nothing), user);
    expect(met.auth).toBe('none');
    expect(unanswered(met)?.auth).toBe('identity');
    expect(unanswered(both(met, guarded('role', 'admin', place(2), ['admin'])))?.auth).toBe('role');
  });
});
