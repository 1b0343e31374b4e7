import type { SignedInUser } from '../request.ts';
import { date, money } from './format.ts';
import { html } from './html.ts';
import { layout } from './layout.ts';

export interface Figures {
  open_invoices: number;
  open_cents: number;
  open_cases: number;
  pending_approvals: number;
}

interface DueInvoice {
  id: number;
  number: string;
  title: string;
  due_on: string;
}

export function dashboardPage(user: SignedInUser, figures: Figures, due: DueInvoice[]): string {
  return layout({
    title: 'Dashboard',
    user,
    at: '/',
    body: html`<h1>Hello${user.name && `, ${user.name.split(' ')[0]}`}</h1>
      <div class="tiles">
        <a class="tile" href="/invoices"
          ><strong>${figures.open_invoices}</strong> open invoices <small>${money(figures.open_cents, 'EUR')}</small></a
        >
        <a class="tile" href="/cases"><strong>${figures.open_cases}</strong> cases in progress</a>
        <a class="tile" href="/approvals"><strong>${figures.pending_approvals}</strong> approvals waiting</a>
      </div>
      <section class="card">
        <h2>Due next</h2>
        ${due.length === 0 && html`<p class="muted">Nothing is due.</p>`}
        <ul class="rows">
          ${due.map(
            (invoice) =>
              html`<li>
                <a href="/invoices/${invoice.id}">${invoice.number}</a>
                <span>${invoice.title}</span>
                <span class="muted end">${date(invoice.due_on)}</span>
              </li>`,
          )}
        </ul>
      </section>`,
  });
}
