import type { Approval, Case } from '../records.ts';
import type { SignedInUser } from '../request.ts';
import { date } from './format.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { badge, csrfField, layout } from './layout.ts';

export function approvalsPage(user: SignedInUser, approvals: Approval[], cases: Case[]): string {
  return layout({
    title: 'Approvals',
    user,
    at: '/approvals',
    body: html`<h1>Approvals</h1>
      ${approvals.length === 0 && html`<p class="empty">Nothing waits for approval.</p>`}
      ${approvals.map((approval) => approvalCard(user, approval))} ${user.role !== 'client' && requestForm(user, cases)}`,
  });
}

function approvalCard(user: SignedInUser, approval: Approval): Html {
  return html`<section class="card">
    <div class="head">
      <h2>${approval.title}</h2>
      ${badge(approval.status)}
    </div>
    ${approval.details && html`<p class="text">${approval.details}</p>`}
    <p class="muted">
      ${approval.client_name}, asked ${date(approval.created_at)}${approval.decided_at && `, decided ${date(approval.decided_at)}`}
    </p>
    ${approval.status === 'pending' && actions(user, approval)}
  </section>`;
}

function actions(user: SignedInUser, approval: Approval): Html {
  if (user.role !== 'client') {
    return html`<form method="post" action="/approvals/${approval.id}/withdraw">
      ${csrfField(user)}<button class="quiet">Withdraw</button>
    </form>`;
  }
  return html`<form class="actions" method="post" action="/approvals/${approval.id}/decision">
    ${csrfField(user)}
    <button name="decision" value="approved">Approve</button>
    <button name="decision" value="rejected" class="secondary">Reject</button>
  </form>`;
}

function requestForm(user: SignedInUser, cases: Case[]): Html {
  return html`<details class="card">
    <summary>Ask for approval</summary>
    <form method="post" action="/approvals">
      ${csrfField(user)}
      <label
        >Case
        <select name="case_id" required>
          ${cases.map((one) => html`<option value="${one.id}">${one.title}</option>`)}
        </select>
      </label>
      <label>What should be approved? <input name="title" maxlength="200" required /></label>
      <label>Details <textarea name="details" rows="3" maxlength="5000"></textarea></label>
      <button>Ask the client</button>
    </form>
  </details>`;
}
