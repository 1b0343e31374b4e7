import type { LiveCell } from '../../../evidence/live-access.ts';
import type { LiveRecipes } from '../../../evidence/live-recipes.ts';
import type { Made } from '../objects/create.ts';
import { makeAsStaff } from '../objects/make.ts';
import { formProbes } from '../pages/probes.ts';
import { comesAgain, renewer } from '../probes/again.ts';
import { bodyIdProbes } from '../probes/body-ids.ts';
import { createAsOthers } from '../probes/create.ts';
import { deedProbes } from '../probes/deeds.ts';
import { functionLevelProbes } from '../probes/function-level.ts';
import { traversalProbes } from '../probes/traversal.ts';
import { listCells, type Pages, pagesOfOthers, pagesPosing } from '../probes/list.ts';
import { notForAll } from '../probes/open-lists.ts';
import { queriedFor } from '../probes/queried.ts';
import { readProbes } from '../probes/read.ts';
import { sessionsHeld } from '../probes/sessions-held.ts';
import { toldAddresses } from '../probes/told-addresses.ts';
import { writeProbes } from '../probes/write.ts';
import type { Learned } from '../recipes/making.ts';
import { recipesOf } from '../recipes/recipes.ts';
import { withoutAir } from '../surface/told.ts';
import type { Known } from './look.ts';
import type { Making } from './make.ts';
import type { Run } from './run.ts';

export interface Tried {
  readonly cells: readonly LiveCell[];
  /** What each was answered where only others are led. */
  readonly pages: Pages;
  readonly recipes: LiveRecipes;
}

/** Tries what everybody gets of what is not his: reads, then changes where they are allowed, and once more whatever came of it. */
export async function tryRoutes(run: Run, known: Known, making: Making): Promise<Tried> {
  const { input, sender, journal, begin, wants, tries } = run;
  const { people, doors, operations, links } = known;
  const { made, marks, things } = making;
  begin('reading things as the others', `reading ${things.length} things as the others`);
  const tenantsKnown = input.people.some(({ tenant }) => tenant !== undefined);
  const pages: Pages =
    wants('routes') || wants('power') ? await pagesOfOthers(sender, people, input.writes ? journal : undefined) : new Map();
  const posed = wants('routes') ? await pagesPosing(sender, people) : [];
  const reads = await readProbes(sender, things, people, marks, tenantsKnown);
  const lists = listCells(people, marks, pages, tenantsKnown, posed);
  const cells = [...reads, ...(await notForAll(sender, { people, things, pages }, lists, reads))];
  if (wants('routes'))
    cells.push(...(await queriedFor(sender, people, marks, pages)), ...(await toldAddresses(sender, people, marks, pages)));
  cells.push(...(await traversalProbes(sender, people, links, marks, tenantsKnown, cells)));
  const changes = tries ? await changeAsOthers(run, known, making) : { cells: [], learned: [], staffMade: [] };
  cells.push(...changes.cells);
  const recipes = await recipesOf({
    sender,
    people,
    operations,
    made,
    everything: journal.all,
    things,
    pages,
    learned: changes.learned,
    callOf: run.learned,
  });
  begin('repeating what was found');
  const again = await comesAgain(
    { sender, journal, operations, people, doors: doors.signIn, made: [...made, ...changes.staffMade], things, tenantsKnown },
    cells,
  );
  return { cells: withoutAir(operations, await sessionsHeld(sender, people, again)), pages, recipes };
}

interface Changes {
  readonly cells: readonly LiveCell[];
  /** Changes that worked for those who made a thing. */
  readonly learned: readonly Learned[];
  /** Made as an administrator. */
  readonly staffMade: readonly Made[];
}

async function changeAsOthers({ sender, journal, begin }: Run, known: Known, making: Making): Promise<Changes> {
  const { people, doors, operations } = known;
  const { made, onForms, walked, denials } = making;
  begin('changing things as others');
  const learned: Learned[] = [];
  const writing = { sender, people, operations, journal };
  const cells = await writeProbes(
    { ...writing, learned: (kind, operation, mark, body) => learned.push({ kind, operation, mark, body }) },
    made,
  );
  cells.push(...(await deedProbes(writing, made)));
  cells.push(...(await bodyIdProbes(writing, made)));
  cells.push(...(await createAsOthers({ sender, journal, operations }, people, made)));
  const staffMade = await makeAsStaff({ sender, journal, operations }, people, denials.reserved(made));
  cells.push(...(await functionLevelProbes(writing, staffMade, denials)));
  if (onForms)
    cells.push(...(await formProbes({ made: onForms, people, walked, renewed: renewer({ sender, doors: doors.signIn, operations }) })));
  return { cells, learned, staffMade };
}
