import { describe, expect, it } from 'vitest';
import { measure, spread } from './measure.ts';

describe('measure', () => {
  it('tells what a process used', async () => {
    const sample = await measure(['-e', 'process.exit(0)']);
    expect(sample.wallMs).toBeGreaterThan(0);
    expect(sample.cpuMs).toBeGreaterThan(0);
    expect(sample.rssMb).toBeGreaterThan(10);
  });

  it('takes the exit codes it was told and no other', async () => {
    await expect(measure(['-e', 'process.exitCode = 1'], [0, 1])).resolves.toBeDefined();
    await expect(measure(['-e', 'console.error("no such thing"); process.exitCode = 2'])).rejects.toThrow('no such thing');
  });
});

describe('spread', () => {
  it('finds the smallest and the middle', () => {
    expect(spread([3, 1, 2])).toEqual({ min: 1, median: 2 });
    expect(spread([4, 1, 2, 3])).toEqual({ min: 1, median: 2.5 });
    expect(spread([7])).toEqual({ min: 7, median: 7 });
  });
});
