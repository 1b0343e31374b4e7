import type { Member } from '../records.ts';
import type { SignedInUser } from '../request.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { badge, csrfField, layout } from './layout.ts';

const ROLES = ['owner', 'staff', 'client'] as const;

export function membersPage(user: SignedInUser, members: Member[], notice: string | undefined): string {
  const invitable = user.role === 'owner' ? [...ROLES].reverse() : ['client'];
  return layout({
    title: 'Members',
    user,
    at: '/members',
    notice,
    body: html`<h1>Members</h1>
      <ul class="rows card">
        ${members.map((member) => row(user, member))}
      </ul>
      <section class="card">
        <h2>Invite somebody</h2>
        <form class="inline" method="post" action="/invites">
          ${csrfField(user)}
          <label>Email <input type="email" name="email" required /></label>
          <label
            >Role
            <select name="role">
              ${invitable.map((role) => html`<option>${role}</option>`)}
            </select></label
          >
          <button>Send the invitation</button>
        </form>
      </section>`,
  });
}

function row(user: SignedInUser, member: Member): Html {
  return html`<li class="${member.deactivated_at && 'done'}">
    <span>${member.name || member.email}<br /><small class="muted">${member.email}</small></span>
    <span class="end">${badge(member.role)}</span>
    ${user.role === 'owner' && member.user_id !== user.id && !member.deactivated_at && ownerActions(user, member)}
  </li>`;
}

function ownerActions(user: SignedInUser, member: Member): Html {
  return html`<form class="tight" method="post" action="/members/${member.user_id}/role">
      ${csrfField(user)}
      <select name="role" aria-label="Role of ${member.email}">
        ${ROLES.map((role) => html`<option ${role === member.role && 'selected'}>${role}</option>`)}
      </select>
      <button class="quiet">Save</button>
    </form>
    <form class="tight" method="post" action="/members/${member.user_id}/deactivate">
      ${csrfField(user)}<button class="quiet danger">Deactivate</button>
    </form>`;
}
