import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { andList, plural } from '../../core/wording.ts';
import { isolationProof, type ProvedObject } from '../../evidence/isolation.ts';
import { objectName, proofSubject } from '../../evidence/isolation-questions.ts';
import { sampleObject, sampleProof } from '../../evidence/isolation-samples.ts';
import { verb } from '../../evidence/questions.ts';
import { sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { ownedTables, type OwnedTable, type Query } from '../../evidence/unscoped.ts';

/** Says the same of a route, from the code alone. */
const lead = 'audit/object-without-ownership';

/** `an organisation (organisation_id)`. */
const ownerText = ({ belongs }: ProvedObject): string =>
  `${belongs?.to === 'tenant' ? 'an organisation' : 'one person'} (${(belongs?.path ?? []).join(', then ')})`;

const routesOf = (queries: readonly Query[]): string[] => [...new Set(queries.map(({ route }) => route.id))];

function suspect({ database, table }: OwnedTable, untied: readonly Query[], known: boolean): Observation[] {
  if (untied.length === 0) return [];
  const routes = routesOf(untied);
  const shown = routes.slice(0, 3);
  const more = routes.length - shown.length;
  const which = more > 0 ? `${shown.join(', ')} and ${plural(more, 'more route')}` : andList(shown);
  const name = objectName(table);
  return [
    {
      outcome: 'fail',
      subject: proofSubject(database.folder, table, known ? 'known' : undefined),
      severity: table.belongs?.to === 'tenant' ? 'high' : 'medium',
      place: { ...untied[0]?.access.place, name },
      message: `Suspected, not proved: ${which} ${routes.length === 1 ? 'reaches' : 'reach'} ${name}, whose rows belong to ${ownerText(table)}, and nothing in the query ties them to the caller.`,
      fix: `Put the organisation or the user of the session into each query on ${name}, along ${(table.belongs?.path ?? []).join(', then ')}, and answer 404 when nothing is found. Row-level security on the table stops what is forgotten.`,
      proof: untied.slice(0, 8).map(({ route, access }) => ({
        kind: 'step',
        place: access.place,
        text: `${route.id} ${verb[access.operation]} ${access.name}${access.inputs.length > 0 ? ` by ${access.inputs.map(({ column }) => column).join(', ')}` : ' without any condition'}`,
      })),
      ...(known && { toldBy: lead }),
    },
  ];
}

function doubt({ database, table, unclear }: OwnedTable): Observation {
  const [first] = unclear;
  return {
    outcome: 'unknown',
    subject: proofSubject(database.folder, table, 'unclear'),
    severity: 'medium',
    place: { ...first?.access.place, name: objectName(table) },
    message: `Could not tell of ${plural(unclear.length, 'query', 'queries')} on ${objectName(table)} (e.g. ${first?.route.id ?? ''}) whether the caller gets his own rows only.`,
    toKnow: 'Look at the conditions of these queries by hand.',
    ...(unclear.every(({ known }) => known) && { toldBy: lead }),
  };
}

const invoices = sampleObject({
  name: 'invoices',
  belongs: { to: 'tenant', path: ['organisation_id'], told: 'foreign-key' },
  cells: [],
});
const proof = sampleProof({ exposure: 'private', people: [], objects: [invoices] });
const tied = sampleRoute({
  id: 'PATCH /api/invoices/:id',
  method: 'PATCH',
  data: [sampleAccess({ operation: 'update', scope: 'tenant' })],
});

export const unscopedQuery = defineCheck({
  id: 'access/unscoped-query',
  severity: 'high',
  covers: ['MB-2', 'S2-C2', 'API1-object-check', 'AZ-tenant-broad-query'],
  doc: {
    title: 'A query on rows of customers has no condition on whose they are',
    why: 'This database has no row-level security: only your server stands between two customers. The schema, rebuilt from the migrations, says whose the rows of a table are; a query that does not ask it gives them to whoever calls. It is read from the code, not tried, so it is a suspicion. Where stage audit runs as well, what its check audit/object-without-ownership says of a route is not said here again: that one leads, because it needs no database; this one adds the tables of which only the schema tells whose they are.',
    fix: 'Put the caller’s organisation (or user id) from the session into the query itself, and let the database keep it with row-level security too.',
    effort: 'hours',
    references: ['https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/'],
  },
  needs: { proof: isolationProof, inventory: sourceRoutes },
  examples: {
    fails: [{ name: 'an invoice is found by its id alone', given: { proof, inventory: sampleInventory(tied, sampleRoute()) } }],
    passes: [{ name: 'every query asks for the organisation', given: { proof, inventory: sampleInventory(tied) } }],
    unknowns: [
      {
        name: 'a condition that could not be followed',
        given: { proof, inventory: sampleInventory(tied, sampleRoute({ data: [sampleAccess({ scope: 'unknown' })] })) },
      },
    ],
  },
  *evaluate({ proof, inventory }) {
    for (const owned of ownedTables(proof, inventory)) {
      const { database, table, untied, unclear, tied } = owned;
      yield* suspect(
        owned,
        untied.filter(({ known }) => !known),
        false,
      );
      yield* suspect(
        owned,
        untied.filter(({ known }) => known),
        true,
      );
      if (unclear.length > 0) yield doubt(owned);
      if (untied.length === 0 && unclear.length === 0 && tied > 0)
        yield {
          outcome: 'pass',
          subject: proofSubject(database.folder, table),
          ...(table.place && { place: { ...table.place, name: objectName(table) } }),
          message: `The queries on ${objectName(table)} ask whose the rows are (${plural(tied, 'query', 'queries')}).`,
        };
    }
  },
});
