import type { DefinitionNode, DocumentNode, FieldNode, SelectionNode, SelectionSetNode } from 'graphql';
import { list, record } from '../surface/schema.ts';
import { type GraphqlWay, valueIn } from '../surface/way.ts';
import { contentOf } from './content.ts';
import type { Answer, Sender } from './sender.ts';
import type { Session } from './session.ts';
import type { Calling } from './ways.ts';

/** Times that a document is asked again without the fields that somebody must not see. */
const mostPrunings = 5;

/** What a session may ask for: the document of each operation, and whether it is known to work. */
type Learned = Map<string, { document: string; works: boolean }>;

/**
 * Calls GraphQL operations over HTTP. A field that somebody must not see can take the whole answer with it: a query is asked again without it. A mutation
 * never is, unless it was not run at all.
 */
export function fromGraphql(sender: Sender): Calling<GraphqlWay> & { learned(way: GraphqlWay, id: string, session: Session): GraphqlWay } {
  const visitors: Learned = new Map();
  const sessions = new WeakMap<Session, Learned>();
  const learnedBy = (session: Session | undefined): Learned => {
    if (!session) return visitors;
    const known = sessions.get(session) ?? new Map<string, { document: string; works: boolean }>();
    sessions.set(session, known);
    return known;
  };

  const calling: Calling<GraphqlWay> = async (way, call, session) => {
    const learned = learnedBy(session);
    const mine = learned.get(call.operation.id) ?? { document: way.document, works: false };
    learned.set(call.operation.id, mine);
    const variables = Object.fromEntries(
      Object.entries(way.variables).flatMap(([name, slot]) => {
        const value = valueIn(slot, call.id, call.body);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
    for (let nth = 0; ; nth += 1) {
      const sent = await sender.send(
        {
          method: 'POST',
          path: way.at,
          body: { type: 'json', value: { query: mine.document, variables } },
          ...(call.headers && { headers: call.headers }),
          ...((call.harmless || way.kind === 'query') && { harmless: true }),
        },
        session,
      );
      if (!sent.ok) return sent;
      const answer = answerOfGraphql(way, sent.value);
      if (answer.status < 300) mine.works = true;
      // What worked for him once stays as it is: what he is shown before and after is compared.
      const better = mine.works || nth >= mostPrunings ? undefined : await without(mine.document, sent.value, way, nth > 0);
      if (better === undefined) return { ok: true, value: answer };
      mine.document = better;
    }
  };
  return Object.assign(calling, {
    /** A way as it works for a session; `id`: of its operation. */
    learned: (way: GraphqlWay, id: string, session: Session): GraphqlWay => ({
      ...way,
      document: sessions.get(session)?.get(id)?.document ?? way.document,
    }),
  });
}

/** An answer of GraphQL as a REST API would give it: the value alone, or a status that refuses. */
export function answerOfGraphql(way: GraphqlWay, answer: Answer): Answer {
  const said = record(contentOf(answer.text).json);
  const errors = list(said['errors']).map(record);
  // A page, a proxy: nothing of the API.
  if (!('data' in said) && errors.length === 0) return answer.status < 300 ? { ...answer, status: 502, text: '' } : answer;
  let value: unknown = said['data'];
  let above: unknown;
  for (const key of way.keys) {
    above = value;
    value = record(value)[key];
  }
  if (value !== undefined && value !== null && value !== false)
    return { ...answer, status: 200, text: JSON.stringify(asRows(named(way, value))) };
  // `{ order: null, userErrors: [...] }`: refused by the payload.
  const complaints = way.keys.length > 1 ? Object.values(record(above)).flatMap((one) => list(one).map(record)) : [];
  const told = [...errors, ...complaints.filter((one) => 'message' in one)];
  const status = errors.length > 0 ? statusOf(errors, answer.status) : complaints.length > 0 || value === false ? 422 : 404;
  return {
    ...answer,
    status,
    text: JSON.stringify({ errors: told.map(plain) }),
    ...(status === nothingTold && { failedInside: true as const }),
  };
}

/** A single value under the name of what was asked; one that lets somebody in as what it is. */
const named = ({ name }: GraphqlWay, value: unknown): unknown =>
  value !== null && typeof value === 'object' ? value : { [/log-?in|sign-?in|auth|session/i.test(name) ? 'token' : name]: value };

/** Without what only says how lists are paged: `{ edges: [{ node }] }` are rows. */
function asRows(value: unknown, depth = 0): unknown {
  if (depth > 12 || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one) => asRows(one, depth + 1));
  const { edges } = value as Record<string, unknown>;
  if (Array.isArray(edges)) return edges.map((one) => asRows(record(one)['node'] ?? one, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asRows(one, depth + 1)]));
}

/** What helps to mend what was sent, without traces of the server. */
const plain = ({ message, extensions, field }: Readonly<Record<string, unknown>>): object => {
  const { stacktrace: _, exception: __, code: ___, http: ____, ...rest } = record(extensions);
  return { message, ...(field !== undefined && { field }), ...(Object.keys(rest).length > 0 && { extensions: rest }) };
};

/** What codes and messages mean, as Apollo, Yoga, Hasura, Nest and Prisma have them; the first that fits. */
const codes: readonly (readonly [RegExp, number])[] = [
  [/too.?many|rate.?limit|throttl/i, 429],
  [
    /unauthenticated|unauthorized|not (?:signed|logged) in|(?:sign|log) ?in first|must (?:be|have) (?:signed|logged) in|authentication (?:is )?required/i,
    401,
  ],
  [/forbidden|permission|not (?:allowed|permitted|authori[sz]ed)|access[ _-]?denied/i, 403],
  [/(?<!e)not.?found|does(?: not|n't) exist|no such|no \w+ (?:with|found|for)\b|(?:could ?n[o']t|can(?:not|'t)) find/i, 404],
  [/bad.?(?:user.?input|request)|invalid|validation|parse|cannot query|^variable |^field |argument|required/i, 400],
];

/** What servers say of any error that they were not told the kind of: it says nothing. */
const anyError = /internal|unexpected|unknown.?error/i;
/** As a proxy answers that the app did not: it says nothing of whoever asked. */
const nothingTold = 502;

function statusOf(errors: readonly Readonly<Record<string, unknown>>[], status: number): number {
  for (const { extensions, message } of errors) {
    const { code, http, status: own } = record(extensions);
    const told = [record(http)['status'], own].find((one) => typeof one === 'number' && one >= 400 && one < 500);
    if (typeof told === 'number') return told;
    const words = [code, message].filter((one) => typeof one === 'string' && !anyError.test(one));
    const meant = words.flatMap((word) => codes.find(([name]) => name.test(String(word)))?.[1] ?? [])[0];
    if (meant !== undefined) return meant;
  }
  // The request itself is at fault (GraphQL over HTTP, 6.4), or what stands before the API refused it.
  return status >= 400 && status < 500 ? status : nothingTold;
}

/** The document without the fields that the errors are about, `everywhere` those of the same name; `undefined` where they are about the whole, or it may have done something already. */
async function without(document: string, { text }: Answer, { kind, keys }: GraphqlWay, everywhere: boolean): Promise<string | undefined> {
  const said = record(contentOf(text).json);
  const errors = list(said['errors']).map(record);
  const wasRun = 'data' in said || errors.some((one) => Array.isArray(one['path']));
  if (errors.length === 0 || (kind === 'mutation' && wasRun)) return undefined;
  const paths = errors.map(({ path }) => list(path).filter((one) => typeof one === 'string')).filter((path) => path.length > keys.length);
  const places = errors
    .flatMap(({ locations }) => list(locations).map(record))
    .map(({ line, column }) => `${String(line)}:${String(column)}`);
  if (paths.length === 0 && (wasRun || places.length === 0)) return undefined;
  const { parse, print, getLocation } = await import('graphql');
  const parsed = parse(document);
  const isBad = (field: FieldNode, path: readonly string[]): boolean => {
    if (path.length <= keys.length) return false;
    if (paths.some((one) => one.join() === path.join() || (everywhere && one.at(-1) === path.at(-1)))) return true;
    if (wasRun || !field.loc) return false;
    const { line, column } = getLocation(field.loc.source, field.loc.start);
    return places.includes(`${line}:${column}`);
  };
  const kept = (set: SelectionSetNode, above: readonly string[]): SelectionSetNode | undefined => {
    const selections = set.selections.flatMap((one): SelectionNode[] => {
      if (one.kind === 'FragmentSpread') return [one];
      const path = one.kind === 'Field' ? [...above, (one.alias ?? one.name).value] : above;
      if (one.kind === 'Field' && isBad(one, path)) return [];
      if (!one.selectionSet) return [one];
      const selectionSet = kept(one.selectionSet, path);
      return selectionSet ? [{ ...one, selectionSet }] : [];
    });
    return selections.length > 0 ? { ...set, selections } : undefined;
  };
  const definitions = parsed.definitions.flatMap((one): DefinitionNode[] => {
    if (one.kind !== 'OperationDefinition') return [one];
    const selectionSet = kept(one.selectionSet, []);
    return selectionSet ? [{ ...one, selectionSet }] : [];
  });
  const better = print({ ...parsed, definitions } satisfies DocumentNode);
  return definitions.length === 0 || better === print(parsed) ? undefined : better;
}
