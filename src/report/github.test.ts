import { describe, expect, it } from 'vitest';
import { fixtureReport } from '../../test/contracts/fixture.ts';
import type { FixtureCheck } from '../../test/contracts/fixture.ts';
import { githubAnnotations, githubSummary } from './github.ts';

const crowd = (checks: number, places: number): FixtureCheck[] =>
  Array.from({ length: checks }, (_, check) => ({
    name: `crowd-${check}`,
    severity: 'high',
    title: `Crowd ${check}`,
    why: 'w',
    fix: 'f',
    effort: 'hours',
    covers: [],
    sees: Array.from({ length: places }, (_unused, place) => ({
      outcome: 'fail',
      subject: `p${place}`,
      message: 'long message '.repeat(40),
      place: { file: `src/${check}/${place}.ts`, line: 1 },
      fix: `fix ${'abcdefghijkl'[check % 12]}`,
    })),
  }));

describe('GitHub', () => {
  it('never writes a summary above the limit, keeps the top, and says what is missing', async () => {
    const text = githubSummary.render(await fixtureReport({ checks: crowd(60, 60) }), { fullReport: 'report.html' });
    expect(new TextEncoder().encode(text).length).toBeLessThan(900_000);
    expect(text).toContain('The top 5 of 60 launch blockers');
    expect(text).toMatch(/left out here for want of room/i);
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    expect(text.match(/^```/gm)?.length).toSatisfy((fences: number) => fences % 2 === 0);
  });

  it('leaves nothing out where there is room', async () => {
    expect(githubSummary.render(await fixtureReport())).not.toMatch(/want of room/);
  });

  it('annotates the top five and sums up, one line each', async () => {
    const lines = githubAnnotations
      .render(await fixtureReport({ hostile: true }), { fullReport: 'report.html' })
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) [^\r\n]*::[^\r\n]+$/);
    expect(lines[0]).toMatch(/^::error file=src\/lib\/admin\.ts,line=5,title=1\. A secret key/);
    expect(lines[5]).toMatch(/^::error title=Launch Ready%3A Not ready::.*not answered.*report\.html\.$/);
  });
});
