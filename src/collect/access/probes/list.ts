import type { LiveCell } from '../../../evidence/live-access.ts';
import { marksIn } from '../objects/values.ts';
import { type Person, relationOf } from '../people/person.ts';
import { templateOf } from '../surface/template.ts';
import type { Marks } from './read.ts';

/**
 * Whether what somebody is shown anyway holds things of others: marks that they put into what they made. Where nobody said which customers there
 * are, a list that all may see may be meant so.
 */
export function listCells(people: readonly Person[], marks: Marks, tenantsKnown: boolean): LiveCell[] {
  return people.flatMap((who) =>
    [...who.seen.sights.values()].flatMap(({ path, status, content }) => {
      const [plain = path] = path.split('#');
      if (status >= 300 || path.includes('#')) return [];
      const route = `GET ${templateOf(plain).template.split('?')[0]}`;
      return people.flatMap((whose): LiveCell[] => {
        if (whose.name === who.name || !whose.account) return [];
        const shown = marksIn(content.values.join('\n'), marks.get(whose.name) ?? []);
        if (shown.length === 0) return [];
        const relation = relationOf(who, whose);
        const meant = relation === 'visitor' || !tenantsKnown;
        return [
          {
            route,
            verb: 'list',
            who: who.name,
            relation,
            whose: whose.name,
            outcome: 'got',
            proof: 'canary',
            request: `GET ${plain}`,
            status,
            shows: shown.slice(0, 4),
            ...(meant && { shared: relation === 'visitor' ? 'public' : 'listed' }),
          },
        ];
      });
    }),
  );
}
