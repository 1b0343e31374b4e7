import { defineCheck } from '../../core/check.ts';
import { type Stack, sourceStack } from '../../evidence/source.ts';

const stack = (on: boolean): Stack => ({
  builders: [],
  frameworks: [],
  backends: [],
  next: [],
  sourceMaps: [{ tool: 'Next.js', place: { file: 'next.config.mjs', line: 3 }, on }],
});

export const sourceMaps = defineCheck({
  id: 'audit/source-maps',
  severity: 'medium',
  covers: ['S4-C2', 'MB-3'],
  doc: {
    title: 'The production build publishes your source code',
    why: 'Source maps give every visitor your code with comments and names: a map for whoever looks for a way in, and your work for whoever copies it.',
    fix: 'Switch source maps off for production, or upload them to your error tracker and delete them from the build (“hidden”).',
    effort: 'minutes',
  },
  needs: { stack: sourceStack },
  examples: {
    fails: [{ name: 'productionBrowserSourceMaps: true', given: { stack: stack(true) } }],
    passes: [{ name: 'productionBrowserSourceMaps: false', given: { stack: stack(false) } }],
  },
  *evaluate({ stack: { sourceMaps: found } }) {
    for (const { tool, place, on } of found) {
      const about = { subject: `${tool} ${place.file ?? ''}`.trim(), place };
      if (on)
        yield {
          ...about,
          outcome: 'fail',
          message: `${tool} is told to publish source maps: every visitor can read your source code.`,
        };
      else yield { ...about, outcome: 'pass', message: `${tool} does not publish source maps.` };
    }
  },
});
