import { type Account, loginName } from '../people/account.ts';
import { leadsToSignIn, opensAccountMenu } from './labels.ts';
import type { PageView } from './page-script.ts';
import { click, closeOverlays, go } from './steps.ts';
import type { Visit } from './visit.ts';

const usualPages = [
  '/login',
  '/#/login',
  '/signin',
  '/sign-in',
  '/auth',
  '/auth/login',
  '/users/sign_in',
  '/account/login',
  '/admin',
  '/admin/login',
  '/dashboard',
  '/app',
  '/ghost/',
  '/wp-login.php',
  '/#/signin',
];

/** Signs in through the app's own page, as a person would. `pages`: where it may be. Gives where it was; `undefined` where no page takes the account. */
export async function signInByPage(visit: Visit, origin: string, account: Account, pages: readonly string[]): Promise<string | undefined> {
  visit.signingIn = true;
  try {
    if (!(await findForm(visit, origin, pages))) return undefined;
    const address = visit.page.url();
    return (await fillIn(visit, account)) ? address : undefined;
  } finally {
    visit.signingIn = false;
  }
}

async function findForm(visit: Visit, origin: string, pages: readonly string[]): Promise<boolean> {
  for (const path of pages) if ((await go(visit, new URL(path, origin).href)) && isForm(await closeOverlays(visit))) return true;
  if ((await go(visit, origin)) && (await findLink(visit))) return true;
  for (const path of usualPages.filter((one) => !pages.includes(one)))
    if ((await go(visit, new URL(path, origin).href)) && isForm(await closeOverlays(visit))) return true;
  return false;
}

/** From the start page: what says that one signs in there, within a menu too. */
async function findLink(visit: Visit): Promise<boolean> {
  const tried = new Set<string>();
  for (let nth = 0; nth < 5; nth += 1) {
    const view = nth === 0 ? await closeOverlays(visit) : await visit.view();
    if (isForm(view)) return true;
    const link = view.links.find((one) => /[/#](?:log-?in|sign-?in|users\/sign_in)\/?(?:[?#]|$)/i.test(one) && !tried.has(one));
    if (link !== undefined && URL.parse(link)?.origin === URL.parse(visit.page.url())?.origin) {
      tried.add(link);
      await go(visit, link);
      continue;
    }
    const fresh = view.clickables.filter(({ label }) => !tried.has(label));
    const next = fresh.find(({ label }) => leadsToSignIn(label)) ?? fresh.find(({ label }) => opensAccountMenu(label));
    if (!next) return false;
    tried.add(next.label);
    await click(visit, next.nr);
    await visit.settle(2_000);
  }
  return false;
}

const isForm = ({ fields }: PageView): boolean => fields.filter(({ type }) => type === 'password').length === 1 || isFirstStep(fields);

/** Where the address is asked for first, and the password on the next page. */
const isFirstStep = (fields: PageView['fields']): boolean => {
  const [only, ...others] = fields;
  return only !== undefined && others.length === 0 && (only.type === 'email' || /e-?mail|user ?name|login/i.test(only.name));
};

async function fillIn(visit: Visit, account: Account): Promise<boolean> {
  const { page } = visit;
  const field = (nr: number) => page.locator(`[data-launch-ready="${nr}"]`).first();
  let { fields } = await visit.view();
  if (isFirstStep(fields)) {
    await field(fields[0]!.nr).fill(loginFor(fields[0]!.type, account), { timeout: 2_000 }).catch(ignore);
    await page.keyboard.press('Enter');
    await visit.settle();
    ({ fields } = await visit.view());
  }
  const at = fields.findIndex(({ type }) => type === 'password');
  const password = fields[at];
  if (!password || account.password === undefined) return false;
  const name = fields.slice(0, at).findLast(({ type }) => /^(?:text|email|tel)$/.test(type));
  try {
    if (name) await field(name.nr).fill(loginFor(name.type, account), { timeout: 2_000 });
    await field(password.nr).fill(account.password, { timeout: 2_000 });
  } catch {
    return false;
  }
  await page.keyboard.press('Enter');
  if (await isIn(visit)) return true;
  const { clickables } = await visit.view();
  const button =
    clickables.find(({ label, navigation }) => leadsToSignIn(label) && !navigation) ?? clickables.find(({ label }) => leadsToSignIn(label));
  return button !== undefined && (await click(visit, button.nr)) && isIn(visit);
}

const loginFor = (type: string, account: Account): string => (type === 'email' ? account.email : loginName(account));

/** Whether the form for the password goes away. */
async function isIn(visit: Visit): Promise<boolean> {
  for (let nth = 0; nth < 4; nth += 1) {
    await visit.settle(2_000);
    const { hasPassword } = await visit.view();
    if (!hasPassword) return true;
  }
  return false;
}

const ignore = (): void => undefined;
