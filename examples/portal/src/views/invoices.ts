import { CURRENCIES } from '../records.ts';
import type { Invoice, Member, Payment } from '../records.ts';
import type { SignedInUser } from '../request.ts';
import { date, money } from './format.ts';
import { html } from './html.ts';
import { badge, csrfField, layout } from './layout.ts';

export function invoicesPage(user: SignedInUser, invoices: Invoice[]): string {
  return layout({
    title: 'Invoices',
    user,
    at: '/invoices',
    body: html`<div class="head">
        <h1>Invoices</h1>
        ${user.role !== 'client' && html`<a class="button" href="/invoices/new">New invoice</a>`}
      </div>
      ${invoices.length === 0 && html`<p class="empty">There are no invoices yet.</p>`}
      ${
        invoices.length > 0 &&
        html`<table>
          <thead>
            <tr>
              <th>Number</th>
              <th>For</th>
              <th>Client</th>
              <th>Due</th>
              <th>Status</th>
              <th class="end">Amount</th>
            </tr>
          </thead>
          <tbody>
            ${invoices.map(
              (invoice) =>
                html`<tr>
                  <td data-label="Number"><a href="/invoices/${invoice.id}">${invoice.number}</a></td>
                  <td data-label="For">${invoice.title}</td>
                  <td data-label="Client">${invoice.client_name}</td>
                  <td data-label="Due">${date(invoice.due_on)}</td>
                  <td data-label="Status">${badge(invoice.status)}</td>
                  <td data-label="Amount" class="end">${money(invoice.amount_cents, invoice.currency)}</td>
                </tr>`,
            )}
          </tbody>
        </table>`
      }`,
  });
}

export function invoicePage(user: SignedInUser, invoice: Invoice, payments: Payment[]): string {
  const action = (name: string, label: string, style = '') =>
    html`<form method="post" action="/invoices/${invoice.id}/${name}">${csrfField(user)}<button class="${style}">${label}</button></form>`;
  return layout({
    title: `Invoice ${invoice.number}`,
    user,
    at: '/invoices',
    body: html`<div class="head">
        <h1>Invoice ${invoice.number}</h1>
        ${badge(invoice.status)}
      </div>
      <section class="card">
        <dl>
          <dt>For</dt>
          <dd>${invoice.title}</dd>
          <dt>Client</dt>
          <dd>${invoice.client_name}</dd>
          <dt>Amount</dt>
          <dd class="amount">${money(invoice.amount_cents, invoice.currency)}</dd>
          <dt>Due</dt>
          <dd>${date(invoice.due_on)}</dd>
          ${
            invoice.paid_at &&
            html`<dt>Paid</dt>
              <dd>${date(invoice.paid_at)}</dd>`
          }
        </dl>
        ${
          user.role !== 'client' &&
          html`<div class="actions">
            ${invoice.status === 'draft' && action('send', 'Send to client')}
            ${(invoice.status === 'draft' || invoice.status === 'sent') && action('void', 'Void', 'danger')}
          </div>`
        }
      </section>
      ${
        payments.length > 0 &&
        html`<section class="card">
          <h2>Payments received</h2>
          <ul class="rows">
            ${payments.map(
              (payment) =>
                html`<li>
                  <span>${money(payment.amount_cents, payment.currency)}</span>
                  <span class="muted">${payment.reference}, ${date(payment.received_at)}</span>
                </li>`,
            )}
          </ul>
        </section>`
      }`,
  });
}

export function newInvoicePage(user: SignedInUser, clients: Member[]): string {
  return layout({
    title: 'New invoice',
    user,
    at: '/invoices',
    body: html`<section class="card form">
      <h1>New invoice</h1>
      <form method="post" action="/invoices">
        ${csrfField(user)}
        <label
          >Client
          <select name="client_id" required>
            ${clients.map((client) => html`<option value="${client.user_id}">${client.name || client.email}</option>`)}
          </select>
        </label>
        <label>Number <input name="number" maxlength="40" required /></label>
        <label>What for <input name="title" maxlength="200" required /></label>
        <div class="pair">
          <label>Amount <input name="amount" inputmode="decimal" pattern="\\d{1,7}(\\.\\d{1,2})?" placeholder="1200.00" required /></label>
          <label
            >Currency
            <select name="currency">
              ${CURRENCIES.map((currency) => html`<option>${currency}</option>`)}
            </select></label
          >
        </div>
        <label>Due <input type="date" name="due_on" required /></label>
        <button>Save as draft</button>
      </form>
    </section>`,
  });
}
