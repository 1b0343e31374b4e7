import type { Browser, BrowserContext } from 'playwright-core';
import type { MailLook, MailPicture } from '../../../evidence/mail-picture.ts';
import type { Mail } from '../../access/mail/mailbox.ts';
import { launchBrowser, NoBrowser } from '../../browser/launch.ts';
import { startProxy } from '../../browser/proxy.ts';
import { readHtml } from '../../http/html.ts';
import { type Masked, maskScript } from './mask-script.ts';
import { secretsOf } from './secrets.ts';

/** Takes pictures of mails, one after another. */
export interface Camera {
  /** How a mail looks; `undefined` where it has no HTML. Never throws. */
  look(mail: Mail): Promise<MailLook | undefined>;
  close(): Promise<void>;
}

const widths = [600, 390] as const;
/** CSS pixels; what is below is left out. */
const tallest = 2_400;
/** Milliseconds for a page. */
const patience = 8_000;
/** Mails of one run. */
const mostMails = 25;

/** Nothing is loaded, not even what the mail itself brings, and nothing runs. */
const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`;

/** Opens a camera; the browser starts with the first mail, and closes when `signal` aborts. */
export function openCamera(signal: AbortSignal): Camera {
  let opened: Promise<Studio> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let taken = 0;
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', stop);
    await (await opened?.catch(() => undefined))?.close();
  };
  const stop = (): void => void close();
  signal.addEventListener('abort', stop, { once: true });

  const look = async (mail: Mail): Promise<MailLook | undefined> => {
    if (mail.html.trim() === '') return undefined;
    const images = imagesIn(mail.html);
    const none = (why: string): MailLook => ({ pictures: [], images, why });
    if ((taken += 1) > mostMails) return none(`only ${mostMails} mails of a run are pictured`);
    if (signal.aborted) return none('the time for this step was up');
    try {
      opened ??= openStudio();
      const { context } = await opened;
      const pictures: MailPicture[] = [];
      for (const width of widths) {
        const picture = await take(context, mail, width);
        if (!picture) return none('a secret in it could not be made unreadable');
        pictures.push(picture);
      }
      return { pictures, images };
    } catch (error) {
      if (error instanceof NoBrowser) return none(`${error.message} ${error.remedy}`);
      return none(signal.aborted ? 'the time for this step was up' : 'the browser could not draw it');
    }
  };
  return {
    look(mail) {
      const next = last.then(() => look(mail));
      last = next;
      return next;
    },
    close,
  };
}

interface Studio {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** A browser that reaches nothing: its way out leads to a proxy that refuses all, its pages are offline, and no script of theirs runs. */
async function openStudio(): Promise<Studio> {
  const proxy = await startProxy({ reaches: () => false, permits: () => false });
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close().catch(() => undefined);
    await proxy.stop();
  };
  try {
    browser = await launchBrowser({ proxy: proxy.server, headless: true });
    const context = await browser.newContext({
      javaScriptEnabled: false,
      offline: true,
      acceptDownloads: false,
      serviceWorkers: 'block',
      colorScheme: 'light',
      reducedMotion: 'reduce',
    });
    await context.route('**/*', (route) => route.abort('aborted'));
    return { context, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** `undefined` where a secret may still be seen. */
async function take(context: BrowserContext, mail: Mail, width: number): Promise<MailPicture | undefined> {
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  try {
    await page.setViewportSize({ width, height: 400 });
    await page.setContent(harmless(mail.html), { waitUntil: 'load', timeout: patience });
    const { clean, ...size } = await page.evaluate<Masked>(maskScript(secretsOf(mail)));
    if (!clean) return undefined;
    const height = Math.max(1, Math.min(size.height, tallest));
    const png = await page.screenshot({ fullPage: true, clip: { x: 0, y: 0, width, height }, animations: 'disabled', timeout: patience });
    return {
      width,
      height,
      png: png.toString('base64'),
      ...(size.height > tallest && { cut: true as const }),
      ...(size.width > width + 1 && { tooWide: true as const }),
    };
  } finally {
    await page.close().catch(() => undefined);
  }
}

/** The HTML of a mail under a policy of ours, without what leads elsewhere by itself, and what hides text from scripts. */
function harmless(html: string): string {
  const still = html.replace(/<meta\b[^>]*http-equiv[^>]*>/gi, '').replace(/shadowrootmode/gi, 'data-mode');
  const doctype = /^\s*<!doctype[^>]*>/i.exec(still)?.[0] ?? '';
  return `${doctype}${policy}${still.slice(doctype.length)}`;
}

const imagesIn = (html: string): number =>
  readHtml(html).tags.filter(({ name, attributes }) => (name === 'img' && attributes.has('src')) || attributes.has('background')).length;
