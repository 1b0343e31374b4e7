import { emptySession, type Session } from '../../access/wire/session.ts';
import { type Person, relationOf } from '../../access/people/person.ts';

/** Somebody who should be shown nothing of his: of another customer, if there is one. */
export const strangerTo = (owner: Person, people: readonly Person[]): Person | undefined =>
  people.find((one) => relationOf(one, owner) === 'stranger') ?? people.find((one) => one.account && one.name !== owner.name);

/** An address that somebody was shown. */
export interface Candidate {
  readonly owner: Person;
  readonly path: string;
}

/** How it is held against another one. */
export interface Held extends Candidate {
  readonly other: Person;
  readonly isDeceived: boolean;
}

/** Who asks for what was kept, and with what. */
export interface Asker {
  readonly who: string;
  /** In words. */
  readonly sending: string;
  readonly session?: Session;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Caches tell apart who sends nothing, who sends some cookie, and who sends some Authorization. The stranger is last: what he is answered may replace what was kept. */
export const askersOf = (other: Person): Asker[] => [
  { who: 'visitor', sending: 'no cookie and no Authorization' },
  { who: 'visitor', sending: 'some cookie', session: emptySession(), headers: { cookie: 'launch-ready=1' } },
  { who: 'visitor', sending: 'some Authorization', session: emptySession(), headers: { authorization: 'Bearer launch-ready' } },
  { who: other.name, sending: 'his own session', session: other.session },
];
