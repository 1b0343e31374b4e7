import { describe, expect, it } from 'vitest';
import { checks } from '../../src/checks/index.ts';
import { auditFolder, knownChecks } from '../run-audit.ts';
import { examples, withTwin } from './examples.ts';
import { oneForEachCheck, switches } from './switches.ts';

/** A check that was never seen to fail may as well not be there. */
describe('every check', () => {
  it.each(checks.map(({ id }) => id))('%s has a flaw that turns it red', (id) => {
    expect(switches().map(({ check }) => check)).toContain(id);
  });

  it('is named rightly by the flaws', () => {
    const unknown = switches().filter(({ check }) => check.startsWith('audit/') && !knownChecks.has(check));
    expect(unknown).toEqual([]);
  });
});

/** The same for every flaw, one by one, is what `npm run bench -- audit --only twins` does; that takes longer. */
describe.each(examples.map((example) => [example.name, example] as const))('%s', (_, example) => {
  it('is silent as it is', async () => {
    const { fails, faults, passed } = await withTwin(example, [], (folder) => auditFolder(folder));
    expect([fails.map(({ id, message }) => `${id} ${message}`), faults]).toEqual([[], []]);
    expect(passed.size).toBeGreaterThan(2);
  });

  it('turns red each check that its flaws are for', async () => {
    const named = new Set(example.flaws.flatMap((flaw) => flaw.checks.filter((check) => knownChecks.has(check))));
    const red = new Set<string>();
    // As many as possible side by side; a flaw may hide another, so what is missing then gets a twin of its own.
    while (red.size < named.size) {
      const missing = new Set([...named].filter((check) => !red.has(check)));
      const together = oneForEachCheck(example.flaws, missing);
      const chosen = red.size === 0 ? together : together.slice(0, 1);
      const { fails } = await withTwin(example, chosen, (folder) =>
        auditFolder(
          folder,
          chosen.some(({ earlier }) => earlier !== undefined),
        ),
      );
      const seen = fails.map(({ check }) => check as string).filter((check) => missing.has(check));
      expect(seen, `with ${chosen.map(({ id }) => id).join(', ')}`).not.toEqual([]);
      for (const check of seen) red.add(check);
    }
  });
});
