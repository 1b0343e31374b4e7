import { closesOverlay } from './labels.ts';
import type { PageView } from './page-script.ts';
import type { Visit } from './visit.ts';

/** Milliseconds that one click may take until the page takes it. */
const clickMs = 400;

/** Opens an address of the app; client-side routes too. False where the app does not answer. */
export async function go({ page, settle }: Visit, url: string): Promise<boolean> {
  try {
    await page.goto(url, { waitUntil: 'domcontentloaded', timeout: 10_000 });
  } catch {
    return false;
  }
  // Parts of it are loaded only now, and ask when they are there.
  await settle(4_000, 350);
  return true;
}

/** Clicks like a person; where something lies over it, that is closed first, and then as a script does. False where it is gone. */
export async function click({ page }: Visit, nr: number): Promise<boolean> {
  const target = page.locator(`[data-launch-ready="${nr}"]`).first();
  const tried = (): Promise<boolean> => target.click({ timeout: clickMs, noWaitAfter: true }).then(yes, no);
  if (await tried()) return true;
  await page.keyboard.press('Escape').catch(no);
  return (await tried()) || target.evaluate('(element) => element.click()', undefined, { timeout: clickMs }).then(yes, no);
}

const yes = (): true => true;
const no = (): false => false;

/** Closes what lies over the page: banners that ask for cookies, greetings, dialogs. */
export async function closeOverlays(visit: Visit): Promise<PageView> {
  for (let nth = 0; nth < 4; nth += 1) {
    const view = await visit.view();
    const closer = view.clickables.find(({ overlay, label }) => overlay && closesOverlay(label));
    if (!closer || !(await click(visit, closer.nr))) return view;
    await visit.settle(600);
  }
  return visit.view();
}
