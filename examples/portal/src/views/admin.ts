import type { SignedInUser } from '../request.ts';
import { date } from './format.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { badge, csrfField, layout } from './layout.ts';

export interface AdminOrganisation {
  id: string;
  name: string;
  members: number;
  created_at: Date;
  suspended_at: Date | null;
}

export function adminPage(user: SignedInUser, organisations: AdminOrganisation[]): string {
  return layout({
    title: 'Admin',
    user,
    at: '/admin',
    body: html`<h1>Organisations</h1>
      <ul class="rows card">
        ${organisations.map((one) => row(user, one))}
      </ul>
      <section class="card">
        <h2>New organisation</h2>
        <form class="inline" method="post" action="/admin/organisations">
          ${csrfField(user)}
          <label>Name <input name="name" maxlength="120" required /></label>
          <label>Email of its owner <input type="email" name="owner_email" required /></label>
          <button>Create and invite</button>
        </form>
      </section>`,
  });
}

function row(user: SignedInUser, one: AdminOrganisation): Html {
  const action = one.suspended_at ? 'resume' : 'suspend';
  return html`<li>
    <span>${one.name}<br /><small class="muted">${one.members} members, since ${date(one.created_at)}</small></span>
    <span class="end">${badge(one.suspended_at ? 'suspended' : 'active')}</span>
    <form method="post" action="/admin/organisations/${one.id}/${action}">
      ${csrfField(user)}<button class="quiet ${action === 'suspend' && 'danger'}">${action === 'suspend' ? 'Suspend' : 'Resume'}</button>
    </form>
  </li>`;
}
