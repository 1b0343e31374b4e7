import { describe, expect, it } from 'vitest';
import { firebaseAnonymousAccess } from '../checks/access/firebase-anonymous-access.ts';
import { firebaseEscalation } from '../checks/access/firebase-escalation.ts';
import { firebaseStrangerReads } from '../checks/access/firebase-stranger-reads.ts';
import { firebaseStrangerWrites } from '../checks/access/firebase-stranger-writes.ts';
import type { FirebaseProof, RulesCell, RulesObject } from './firebase-proof.ts';
import { rulesCell, rulesObject, rulesProof } from './firebase-proof-samples.ts';

const said =
  (
    check: { evaluate(given: { readonly proof: FirebaseProof }): Iterable<{ readonly outcome: string; readonly severity?: string }> },
    ...cells: RulesCell[]
  ) =>
  (more: Partial<RulesObject> = {}): string =>
    [...check.evaluate({ proof: rulesProof([rulesObject(cells, more)]) })]
      .map(({ outcome, severity }) => `${outcome}${severity === undefined ? '' : ` ${severity}`}`)
      .join(', ');

describe('how bad it is', () => {
  const content = { nature: 'content', natureWhy: 'its name', name: '/posts/{id}' } as const;

  it.each<[string, string, string]>([
    [
      'a stranger reads invoices',
      said(firebaseStrangerReads, rulesCell('stranger', 'get', 'got'), rulesCell('stranger', 'list', 'got'))(),
      'fail blocker',
    ],
    [
      'who knows the name reads one',
      said(firebaseStrangerReads, rulesCell('stranger', 'get', 'got'), rulesCell('stranger', 'list', 'refused'))(),
      'fail medium',
    ],
    [
      'the name is that of an account',
      said(firebaseStrangerReads, rulesCell('stranger', 'get', 'got'))({ name: '/orders/{userId}' }),
      'fail blocker',
    ],
    [
      'profiles that hold nothing known',
      said(firebaseStrangerReads, rulesCell('stranger', 'list', 'got'))({ name: '/users/{uid}' }),
      'fail high',
    ],
    [
      'profiles with mail addresses',
      said(firebaseStrangerReads, rulesCell('stranger', 'list', 'got'))({ name: '/users/{uid}', holds: ['contact'] }),
      'fail blocker',
    ],
    [
      'only the rules say whose it is',
      said(firebaseStrangerReads, rulesCell('stranger', 'list', 'got'))({ tiedOnly: true }),
      'fail medium',
    ],
    [
      'shared by an organization’s administrators',
      said(
        firebaseStrangerReads,
        rulesCell('stranger', 'list', 'got'),
      )({ tiedOnly: true, belongs: { to: 'tenant', path: ['members'], told: 'rules' } }),
      'pass',
    ],
    ['posts', said(firebaseStrangerReads, rulesCell('stranger', 'list', 'got'))(content), 'pass'],
    [
      'a visitor reads: said once, elsewhere',
      said(firebaseStrangerReads, rulesCell('anon', 'get', 'got'), rulesCell('stranger', 'get', 'got'))(),
      'pass',
    ],
    ['a visitor reads', said(firebaseAnonymousAccess, rulesCell('anon', 'list', 'got'))(), 'fail blocker'],
    ['a visitor reads posts', said(firebaseAnonymousAccess, rulesCell('anon', 'list', 'got'))(content), 'pass'],
    [
      'a visitor changes posts',
      said(firebaseAnonymousAccess, rulesCell('anon', 'update', 'got', { columns: ['title'] }))(content),
      'fail blocker',
    ],
    [
      'a visitor likes posts',
      said(firebaseAnonymousAccess, rulesCell('anon', 'update', 'got', { columns: ['likes'] }))(content),
      'fail low',
    ],
    [
      'a visitor sends a form',
      said(firebaseAnonymousAccess, rulesCell('anon', 'create', 'got'))({ nature: 'intake', name: '/leads/{id}' }),
      'pass',
    ],
    ['a visitor adds whatever', said(firebaseAnonymousAccess, rulesCell('anon', 'create', 'got'))(), 'fail medium'],
    [
      'a visitor adds in the name of another',
      said(firebaseAnonymousAccess, rulesCell('anon', 'create', 'got', { variant: 'as-victim' }))(),
      'fail blocker',
    ],
    ['a stranger deletes', said(firebaseStrangerWrites, rulesCell('stranger', 'delete', 'got'))(), 'fail blocker'],
    ['a stranger deletes posts', said(firebaseStrangerWrites, rulesCell('stranger', 'delete', 'got'))(content), 'fail high'],
    [
      'a stranger likes posts',
      said(firebaseStrangerWrites, rulesCell('stranger', 'update', 'got', { columns: ['likeCount'] }))(content),
      'pass',
    ],
    ['a stranger adds his own', said(firebaseStrangerWrites, rulesCell('stranger', 'create', 'got', { variant: 'own' }))(), 'pass'],
    [
      'a stranger sends somebody a notice',
      said(firebaseStrangerWrites, rulesCell('stranger', 'create', 'got', { variant: 'as-victim' }))({ nature: 'log' }),
      'pass',
    ],
    ['it could not be told', said(firebaseStrangerWrites, rulesCell('stranger', 'update', 'undecided'))(), 'unknown medium'],
  ])('%s', (_, outcome, expected) => expect(outcome).toBe(expected));

  it('weighs a way to power by what it opens', () => {
    const way = (more: Partial<RulesObject>) =>
      [
        ...firebaseEscalation.evaluate({
          proof: rulesProof(
            [rulesObject([], more)],
            [
              {
                kind: 'self-insert',
                who: 'newcomer',
                what: 'adds a document',
                object: '/members/{uid}',
                request: 'create',
                place: {},
                text: 'allow',
                unlocks: [{ object: '/invoices/{invoiceId}', verbs: ['get'] }],
              },
            ],
          ),
        }),
      ].map(({ severity }) => severity);
    expect([way({}), way({ tiedOnly: true, belongs: { to: 'tenant', path: ['members'], told: 'rules' } })]).toEqual([
      ['blocker'],
      ['high'],
    ]);
  });
});
