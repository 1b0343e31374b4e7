import { defineCheck } from '../../core/check.ts';
import { andList, plural } from '../../core/wording.ts';
import { databaseModel } from '../../evidence/database.ts';
import { firebaseRules } from '../../evidence/firebase.ts';
import { sampleDatabase, sampleTable } from '../../evidence/database-samples.ts';
import { sourceRoutes } from '../../evidence/routes.ts';
import { sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { sourceFiles } from '../../evidence/source.ts';

const byHand =
  'Look at those routes by hand, and give the address of the running app. If they hold nothing of customers, waive this question with that reason.';
const tryThem =
  'Start the app on this machine and run `launch-ready access` with its address: these routes are tried as several people then. If they hold nothing of customers, waive this question with that reason.';
const files = { files: 40, sources: 25, bytes: 90_000, git: true, gaps: [] };
const rules = { rules: [], gaps: [] };

export const appNotRecognised = defineCheck({
  id: 'audit/app-not-recognised',
  severity: 'high',
  covers: ['S1-C1', 'NT-2'],
  doc: {
    title: 'The app, or a part of it that answers requests, was not recognised',
    why: 'What was not recognised was not judged: nothing is known of who sees whose data there. Silence is not safety.',
    fix: 'Point the audit at the folder that holds the code of the app, and give the address of the running app as well.',
    effort: 'minutes',
  },
  needs: { files: sourceFiles, inventory: sourceRoutes, database: databaseModel, firebase: firebaseRules },
  examples: {
    passes: [
      {
        name: 'routes of a server',
        given: { files, inventory: sampleInventory(sampleRoute()), database: sampleDatabase(), firebase: rules },
      },
      {
        name: 'tables behind a Supabase app without a server',
        given: { files, inventory: sampleInventory(), database: sampleDatabase({ tables: [sampleTable()] }), firebase: rules },
      },
    ],
    fails: [],
    unknowns: [
      {
        name: 'code of a kind that is not read',
        given: { files, inventory: sampleInventory(), database: sampleDatabase(), firebase: rules },
      },
      {
        name: 'a framework whose routes are not read, beside one whose are',
        given: {
          files,
          inventory: { ...sampleInventory(sampleRoute()), unread: [{ name: 'AdonisJS', files: 1, place: { file: 'start/routes.ts' } }] },
          database: sampleDatabase(),
          firebase: rules,
        },
      },
      {
        name: 'a framework of which only the addresses are read',
        given: {
          files,
          inventory: {
            ...sampleInventory({ ...sampleRoute(), addressOnly: true }),
            unread: [{ name: 'FastAPI', files: 1, listed: 1, place: { file: 'app/main.py' } }],
          },
          database: sampleDatabase({ tables: [sampleTable()] }),
          firebase: rules,
        },
      },
    ],
  },
  *evaluate({ files: found, inventory, database, firebase }) {
    for (const { name, files: count, place, listed } of inventory.unread ?? [])
      yield {
        outcome: 'unknown',
        subject: `routes of ${name}`,
        place,
        message: `${plural(count, 'file')} of the app answer requests with ${name}, ${
          listed === undefined
            ? 'whose routes are not read'
            : `of whose ${plural(listed, 'route')} only the addresses are read, not what ${listed === 1 ? 'it does' : 'they do'}`
        }: who sees whose data there was not judged.`,
        toKnow: listed === undefined ? byHand : tryThem,
      };
    const judged = inventory.routes.filter(({ addressOnly, files: folder }) => !addressOnly && !folder);
    const surface = [
      ...(judged.length > 0 ? [plural(judged.length, 'route')] : []),
      ...(database.tables.length > 0 ? [plural(database.tables.length, 'table')] : []),
      ...(firebase.rules.length > 0 ? [plural(firebase.rules.length, 'access rule')] : []),
    ];
    if (surface.length > 0) yield { outcome: 'pass', subject: 'surface', message: `Found and judged: ${andList(surface)}.` };
    else if (inventory.routes.every(({ addressOnly }) => !addressOnly))
      yield {
        outcome: 'unknown',
        subject: 'surface',
        message: `Among ${plural(found.files, 'file')} no route, table or access rule of an app was found, so who sees whose data was not judged.`,
        toKnow:
          'Point it at the folder that holds the code of the app, and give the address of the running app. If the app keeps no data at all, switch this check off in launch-ready.yaml and say so there.',
      };
  },
});
