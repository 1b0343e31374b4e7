import type { ChartAttempt, ChartObject, ChartSource } from './chart-source.ts';
import { meantFor } from './firebase-harm.ts';
import type { FirebaseProof, ProvedRules, RulesCell, RulesObject } from './firebase-proof.ts';
import { isShared } from './firebase-questions.ts';
import { isOutsider } from './isolation-questions.ts';

/** The rules files of Firebase as sources of the access matrix: a row for each path of the rules. */
export function firebaseSources(proof: FirebaseProof | undefined): ChartSource[] {
  const byFile = new Map<string, ChartObject[]>();
  for (const rules of proof?.rulesets ?? [])
    byFile.set(rules.file, [...(byFile.get(rules.file) ?? []), ...rules.objects.map((object) => chartObject(rules, object))]);
  return [...byFile].map(([name, objects]) => ({ name, objects }));
}

function chartObject(rules: ProvedRules, object: RulesObject): ChartObject {
  const { kind, name, place, holds, belongs, publishedBy } = object;
  const shown = publishedBy === undefined ? (isShared(object) ? 'whoever the rules let read it is meant to' : undefined) : publishedBy;
  return {
    kind,
    name,
    place,
    holds,
    ...(belongs && { belongs }),
    nature: shown === undefined ? object.nature : 'content',
    natureWhy: shown ?? object.natureWhy,
    ...(object.cells.length === 0 && { unseeded: 'nothing was tried on it' }),
    cells: object.cells.map((cell) => attempt(rules, object, cell)),
  };
}

function attempt(rules: ProvedRules, object: RulesObject, cell: RulesCell): ChartAttempt {
  const meant = cell.outcome === 'got' && isOutsider(cell.who) && cell.variant !== 'own' ? meantFor(rules, object, cell) : undefined;
  const { verb, who, outcome, variant, request, through, columns } = cell;
  return {
    verb,
    who,
    outcome,
    request,
    ...(variant && { variant }),
    ...(columns && { columns }),
    ...(through && { through: { place: through.place } }),
    answer: cell.because ?? cell.answer,
    ...(meant !== undefined && { meant }),
  };
}
