import { expect, it } from 'vitest';
import { run } from '../../core/engine.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import type { AccountTrial } from '../../evidence/live-accounts.ts';
import { mailProof } from '../../evidence/mail-proof.ts';
import { sampleLink, sampleMail, sampleProof } from '../../evidence/mail-samples.ts';
import { resetLinkReusable } from '../access/reset-link-reusable.ts';
import { sampleAccounts } from '../account-trial.ts';
import { mailLinkReusable } from './mail-link-reusable.ts';

const again = sampleLink({ once: { outcome: 'broken', text: 'sets a password again after it was used' } });
const proof = sampleProof(sampleMail({ link: again }));

/** What a run of both stages fails, where `access` came to this of the same link. */
async function failed(outcome: AccountTrial['outcome']): Promise<string[]> {
  const { run: told } = await run({
    checks: [resetLinkReusable, mailLinkReusable],
    collectors: [],
    target: { scope: { hosts: [], requests: 1, history: false } },
    targetArguments: '',
    version: '0.0.0',
    evidence: { [liveAccess.id]: sampleAccounts('reset-twice', 'password reset', outcome, 'a reset link'), [mailProof.id]: proof },
  });
  return told.findings.flatMap((one) => (one.outcome === 'fail' ? [one.check] : []));
}

it('is told once where both stages saw it', async () => {
  expect(await failed('broken')).toEqual(['access/reset-link-reusable']);
});

it.each(['unknown', 'none', 'holds'] as const)('is told where access says %s', async (outcome) => {
  expect(await failed(outcome)).toEqual(['email/mail-link-reusable']);
});

it('is told of each kind of link by itself', () => {
  const signIn = sampleMail({ name: 'sign-in link', link: { ...again, purpose: 'sign-in by mail' } });
  const accesses = [...mailLinkReusable.evaluate({ proof: sampleProof(sampleMail({ link: again }), signIn) })].map(
    ({ suspects }) => suspects?.[0]?.access,
  );
  expect(new Set(accesses).size).toBe(2);
});
