import { newCanary } from '../objects/values.ts';
import { openClicks } from './clicks.ts';
import { isHarmless } from './labels.ts';
import type { Fillable, PageView } from './page-script.ts';
import { keyOf, openRoute } from './route.ts';
import { click, closeOverlays, go } from './steps.ts';
import type { Visit } from './visit.ts';

export interface WalkLimits {
  readonly pages: number;
  readonly ms: number;
}

/** Clicks on one page. */
const clicksPerPage = 40;

/**
 * Walks through the app: follows its links and routes and clicks what promises no harm, within limits. `writes`: also what says that it adds something,
 * with forms filled; nothing of it leaves the browser, see `heldBack`.
 */
export async function walk(visit: Visit, origin: string, writes: boolean, { pages, ms }: WalkLimits): Promise<void> {
  const until = Date.now() + ms;
  const route = openRoute((url) => url.origin === origin);
  const clicks = openClicks(writes);
  const filled = new Set<string>();
  const perPage = new Map<string, number>();
  const fill = async (view: PageView): Promise<void> => {
    const fields = view.fields.map(({ name, type }) => `${type} ${name}`).join();
    if (!writes || view.fields.length === 0 || filled.has(fields)) return;
    filled.add(fields);
    await fillForm(visit, view);
  };
  for (let opened = 0; Date.now() < until;) {
    const url = visit.page.url();
    const here = URL.parse(url)?.origin === origin ? keyOf(url) : '';
    const view = opened === 0 ? await closeOverlays(visit) : await visit.view();
    for (const link of [url, ...view.links, ...visit.opened.splice(0)]) route.add(link);
    const count = perPage.get(here) ?? 0;
    perPage.set(here, count + 1);
    const next = here === '' || count > clicksPerPage ? undefined : clicks.next(view, here);
    if (next) {
      await click(visit, next.nr);
      await visit.settle(1_500);
      const after = await visit.view();
      clicks.opened(next, here, view, after);
      if (visit.page.url() === url && after.fields.length > view.fields.length) await fill(after);
      opened ||= 1;
      continue;
    }
    if (here !== '') await fill(view);
    const address = opened >= pages ? undefined : route.next();
    if (address === undefined) return;
    opened += 1;
    await go(visit, address);
    await closeOverlays(visit);
  }
}

const ignore = (): void => undefined;

/** Fills what is empty and sends it. Forms that ask for a password change how somebody gets in. */
async function fillForm(visit: Visit, { fields, hasPassword }: PageView): Promise<void> {
  if (hasPassword || fields.length === 0) return;
  const canary = newCanary();
  for (const one of fields) {
    const field = visit.page.locator(`[data-launch-ready="${one.nr}"]`).first();
    if (one.type === 'select') await field.selectOption({ index: 1 }, { timeout: 500 }).catch(ignore);
    else await field.fill(valueFor(one, canary), { timeout: 500 }).catch(ignore);
  }
  const submits = (await visit.view()).clickables.filter(({ label }) =>
    /\b(?:save|create|add|submit|send|post|ok|continue|next)\b/i.test(label),
  );
  const submit = submits.findLast(({ label, navigation }) => !navigation && isHarmless(label, true));
  if (submit) await click(visit, submit.nr);
  else await visit.page.keyboard.press('Enter').catch(ignore);
  await visit.settle(1_500);
}

function valueFor({ type, name, most }: Fillable, canary: string): string {
  if (type === 'number' || type === 'range') return '7';
  if (type === 'email' || /e-?mail/i.test(name)) return `${canary}@example.com`;
  if (type === 'date') return new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  if (type === 'tel' || /phone|mobile/i.test(name)) return '15550001111'.slice(0, most || undefined);
  if (type === 'url') return `https://example.com/${canary}`;
  if (/zip|postal|postcode/i.test(name)) return '12345';
  if (/amount|price|quantity/i.test(name)) return '7';
  const text = `Launch Ready ${canary}`;
  return most > 0 && text.length > most ? canary.slice(0, most) : text;
}
