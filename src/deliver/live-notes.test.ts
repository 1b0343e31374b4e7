import { describe, expect, it } from 'vitest';
import { type LiveAccess, noLiveAccess } from '../evidence/live-access.ts';
import { liveFigures, liveFolds } from './live-notes.ts';

const line = 'POST /reviews by anna made 7 (with lr0123456789 in it): the app has no way to remove it';
const noted = (more: Partial<LiveAccess>): { readonly requests: string; readonly left: string } => {
  const live: LiveAccess = { ...noLiveAccess, made: 2, writes: true, ...more };
  return {
    requests: liveFigures(live).find(({ name }) => name === 'Requests')?.note ?? '',
    left: JSON.stringify(liveFolds(live).find(({ title }) => title.startsWith('What is left'))?.blocks),
  };
};

describe('what a run left in an app', () => {
  it('is named line by line, with what to do, and nothing says that all is gone', () => {
    const { requests, left } = noted({ leftovers: [line] });
    expect(requests).toBe('2 things made; 1 left in the app, listed below');
    expect(left).toContain(line);
    expect(left).toContain('Remove it by hand');
    expect(left).toContain('access.start.restore');
  });

  it('is nobody’s work where the database is put back after the run', () => {
    const { left } = noted({ leftovers: [line], restored: true });
    expect(left).toContain(line);
    expect(left).toContain('puts the database back to its snapshot');
    expect(left).not.toContain('Remove it by hand');
  });

  it('is nothing where all was seen to be gone', () => {
    expect(noted({ leftovers: [] })).toEqual({ requests: '2 things made; nothing of it is left', left: '[]' });
  });
});
