import type { Made } from '../objects/create.ts';
import type { Thing } from '../objects/things.ts';
import type { Form } from '../surface/crawl.ts';
import { idsOf, isSafe, routeOf } from './page.ts';

/** A form, and the page that holds it. */
export interface Place {
  readonly page: string;
  readonly form: Form;
}

/** What removes a thing: a link, or a form with its page. */
export type Removal = { readonly link: string } | Place;

/** Something we made by a form, and what its owner is led to that is about it. */
export interface FormThing {
  readonly made: Made;
  readonly place: Place;
  /** What it was made below: a thing of ours, or one that was there. */
  readonly above?: Above;
  /** Its own id: the last of `ids`. */
  readonly ids: readonly string[];
  /** Pages that show its owner the mark, those first that are only about it. */
  readonly shown: readonly string[];
  readonly edits: readonly Place[];
  /** Forms by which something is added below it. */
  readonly makers: readonly Place[];
  readonly removals: readonly Removal[];
  /** Links that do something else with it. */
  readonly acts: readonly string[];
}

/** Where something is made below something. */
export type Above = Pick<FormThing, 'ids' | 'shown'>;

/** Two things of one kind are made by the same form. */
export const kindOf = ({ form, page }: Place): string => `${routeOf('POST', form.action)} of ${routeOf('GET', page)}`;

/** What others are to be refused: the pages about what was made, by the routes that read them. */
export const thingsOfForms = (all: readonly FormThing[]): Thing[] =>
  all.flatMap(({ made: { owner }, shown }) =>
    shown
      .filter((path) => idsOf(path).length > 0 && isSafe(path))
      .map((path): Thing => ({ route: routeOf('GET', path), path, ids: idsOf(path), owner, made: true })),
  );
