import { describe, expect, it } from 'vitest';
import type { Secret, SecretScan } from '../../evidence/secrets.ts';
import { sampleScan, sampleSecret } from '../secret-sample.ts';
import { secretInLog } from './secret-in-log.ts';

const judged = (scan: SecretScan) => [...secretInLog.evaluate({ scan })];
const pasted = (more: Partial<Secret> = {}): Secret =>
  sampleSecret({ location: 'chat', places: [{ file: '.bolt/prompt', line: 2 }], ...more });

describe('audit/secret-in-log', () => {
  it('tells chats from logs', () => {
    expect(judged(sampleScan([pasted()]))[0]?.message).toBe('Supabase service_role key is in a chat or prompt file: .bolt/prompt.');
    expect(judged(sampleScan([pasted({ location: 'log', places: [{ file: 'deploy.log', line: 2 }] })]))[0]?.message).toMatch(
      /is in a log: deploy\.log/,
    );
  });

  it('weighs by what it opens, less when the file stays on this computer', () => {
    const severity = (more: Partial<Secret>): unknown => judged(sampleScan([pasted(more)]))[0]?.severity;
    expect([
      severity({ tracked: true }),
      severity({}),
      severity({ tracked: false, ignored: true }),
      severity({ ignored: true }),
      severity({ sensitivity: 'low' }),
    ]).toEqual(['blocker', 'blocker', 'medium', 'medium', 'low']);
  });

  it('leaves a secret that is also in the code to the check of code', () => {
    expect(judged(sampleScan([pasted(), sampleSecret()])).map(({ outcome }) => outcome)).toEqual(['pass']);
  });

  it('says that there was nothing to read, and passes only when there was', () => {
    const where = [{ location: 'source', files: 3 }] as const;
    expect(judged(sampleScan([], { scanned: { files: 3, bytes: 1, commits: 0, blobs: 0, where } })).map(({ outcome }) => outcome)).toEqual([
      'not-applicable',
    ]);
    expect(judged(sampleScan())[0]?.message).toBe('3 log, chat or prompt files in the folder searched; no secret in them.');
  });
});
