import type { EdgeRule } from '../../../../evidence/cloudflare.ts';
import type { Batch, CloudflareApi, RecordBody } from '../api.ts';
import { CloudflareError } from '../client.ts';
import { isForbidden, permissionOf, rowOf, tokenPage } from '../permissions.ts';
import { bodyOf, type Change, type RecordChange, ruleBody, textOf } from '../plan/change.ts';
import type { LiveZone } from '../zone.ts';
import type { JournalledCall } from './journal.ts';

/** Somebody changed a part between our looking and our writing: nothing more is sent. */
export class ChangedMeanwhile extends Error {
  constructor(what: string) {
    super(`Somebody has just changed ${what}. Nothing of it was overwritten: look at launch-ready edge plan again.`);
    this.name = 'ChangedMeanwhile';
  }
}

const batchFor = (changes: readonly RecordChange[]): Batch => {
  const deletes = changes.flatMap(({ before, after }) => (before && !after ? [{ id: before.id }] : []));
  const patches = changes.flatMap(({ before, after }) =>
    before && after ? [{ ...bodyOf(after), ...emptied(before, after), id: before.id }] : [],
  );
  const posts = changes.flatMap(({ before, after }) => (!before && after ? [bodyOf(after)] : []));
  return { ...(deletes.length > 0 && { deletes }), ...(patches.length > 0 && { patches }), ...(posts.length > 0 && { posts }) };
};

/** What was there and is to be empty again has to be said. */
const emptied = (before: RecordBody, { comment, tags = [] }: RecordBody): RecordBody => ({
  ...((before.comment ?? '') !== '' && (comment ?? '') === '' && { comment: '' }),
  ...((before.tags ?? []).length > 0 && tags.length === 0 && { tags: [] }),
});

/** Sends one call, and gives it as it was carried out. Rules are read again right before they are written, because all of a phase are written at once. */
export async function send(api: CloudflareApi, zone: string, call: JournalledCall): Promise<JournalledCall> {
  switch (call.is) {
    case 'records':
      await api.batchRecords(zone, batchFor(call.changes));
      return call;
    case 'setting':
      await api.patchSetting(zone, call.change.id, call.change.after);
      return call;
    case 'purge':
      return (await purged(api, zone)) ? call : { ...call, denied: true };
    case 'rules': {
      const { phase, before, after } = call.change;
      const now = await api.entrypoint(zone, phase);
      if (textOf(now?.rules.map(ruleBody)) !== textOf(before)) throw new ChangedMeanwhile(`the rules of ${phase}`);
      await api.putEntrypoint(zone, phase, after as readonly EdgeRule[]);
      return call;
    }
  }
}

/** Empties the cache; false where the token may not, which is no reason to stop halfway. */
async function purged(api: CloudflareApi, zone: string): Promise<boolean> {
  try {
    await api.purge(zone);
    return true;
  } catch (error) {
    if (error instanceof CloudflareError && isForbidden(error)) return false;
    throw error;
  }
}

/** Rows that a token lacks for these changes, in the words of Cloudflare's token page. Nothing is changed for it: what is sent says what is there already. */
export async function missingRows(api: CloudflareApi, zone: LiveZone, changes: readonly Change[]): Promise<string[]> {
  const tries = new Map<string, () => Promise<unknown>>();
  for (const change of changes) {
    if (change.kind === 'record') tries.set(rowOf('DNS', 'Edit'), () => api.batchRecords(zone.id, {}));
    else if (change.kind === 'rules')
      tries.set(rowOf(permissionOf[change.phase], 'Edit'), () => api.putEntrypoint(zone.id, change.phase, change.after, true));
    else {
      const ssl = zone.settings.ssl.value?.value;
      if (ssl !== undefined) tries.set(rowOf('Zone Settings', 'Edit'), () => api.patchSetting(zone.id, 'ssl', ssl));
    }
  }
  const missing: string[] = [];
  for (const [row, attempt] of tries) {
    try {
      await attempt();
    } catch (error) {
      if (!(error instanceof CloudflareError)) throw error;
      if (isForbidden(error)) missing.push(row);
      // Rules that Cloudflare would turn away are better known before anything is changed.
      else if (row !== rowOf('DNS', 'Edit')) throw error;
    }
  }
  return missing;
}

/** What to do about rows that are missing. */
export const rowsText = (rows: readonly string[]): string =>
  `Add ${rows.map((row) => `"${row}"`).join(' and ')} to the token at ${tokenPage}.`;
