import { html } from './html.ts';
import { layout } from './layout.ts';

export function errorPage(status: number, message: string, requestId: string): string {
  return layout({
    title: 'Something is not right',
    body: html`<section class="card narrow">
      <h1>${status === 404 ? 'Not found' : 'That did not work'}</h1>
      <p>${status === 404 ? 'There is nothing at this address, or it is not yours to see' : message}.</p>
      <p class="muted">If you write to support, quote ${requestId}.</p>
      <p><a href="/">Back to the portal</a></p>
    </section>`,
  });
}
