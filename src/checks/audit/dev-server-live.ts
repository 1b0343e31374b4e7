import { defineCheck } from '../../core/check.ts';
import { livePage, type Page } from '../../evidence/http.ts';

export const devServerLive = defineCheck({
  id: 'audit/dev-server-live',
  severity: 'high',
  covers: ['RM-debug-mode-off', 'ASVS-13.4.2'],
  doc: {
    title: 'Customers are served by a development server',
    why: 'A development server hands out the source code, prints error details to anybody and has had holes that let strangers read files of the machine. It is also slow and stops when its window is closed.',
    fix: 'Deploy the production build: npm run build, then serve the output folder (Vite: dist) or run next start. Never run vite or next dev where customers come.',
    effort: 'hours',
    references: ['https://vite.dev/guide/static-deploy.html'],
  },
  needs: { page: livePage },
  examples: {
    fails: [
      { name: 'vite runs in public', given: { page: pageWith({ name: 'Vite development server', what: '<script> loads /@vite/client' }) } },
    ],
    passes: [{ name: 'a production build', given: { page: pageWith() } }],
  },
  *evaluate({ page }) {
    // On one's own machine a development server is what one expects.
    if (page.local || page.pages.length === 0 || page.status >= 400) return;
    const { development } = page;
    if (development)
      yield {
        outcome: 'fail',
        subject: 'server',
        message: `The address is answered by a ${development.name}, not by a production build.`,
        place: { url: page.url },
        proof: [{ kind: 'step', place: { url: page.url }, text: development.what }],
      };
    else yield { outcome: 'pass', subject: 'server', message: 'The page shows no mark of a development server.' };
  },
});

function pageWith(development?: { name: string; what: string }): Page {
  const url = 'https://portal.example.com/';
  return {
    url,
    status: 200,
    headers: {},
    cookies: [],
    redirects: [],
    local: false,
    builders: [],
    frameworks: [],
    host: [],
    pages: [{ url, status: 200 }],
    gaps: [],
    ...(development && { development }),
  };
}
