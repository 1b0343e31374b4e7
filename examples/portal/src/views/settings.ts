import type { SignedInUser } from '../request.ts';
import { date } from './format.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { csrfField, layout } from './layout.ts';

export interface Organisation {
  id: string;
  name: string;
}

export interface ApiToken {
  id: string;
  name: string;
  created_at: Date;
  last_used_at: Date | null;
  expires_at: Date;
}

interface Extra {
  notice?: string;
  /** Shown this once. */
  newToken?: string;
}

export function settingsPage(user: SignedInUser, organisations: Organisation[], tokens: ApiToken[], { notice, newToken }: Extra): string {
  return layout({
    title: 'Settings',
    user,
    at: '/settings',
    notice,
    body: html`<h1>Settings</h1>
      ${profile(user)} ${password(user)} ${organisations.length > 1 && switcher(user, organisations)}
      ${user.role === 'owner' && organisation(user)} ${user.role && apiTokens(user, tokens, newToken)}`,
  });
}

function profile(user: SignedInUser): Html {
  return html`<section class="card">
    <h2>You</h2>
    <form class="inline" method="post" action="/settings/profile">
      ${csrfField(user)}
      <label>Name <input name="name" value="${user.name}" maxlength="120" required /></label>
      <label>Email <input value="${user.email}" disabled /></label>
      <button class="secondary">Save</button>
    </form>
  </section>`;
}

function password(user: SignedInUser): Html {
  return html`<section class="card">
    <h2>Password</h2>
    <form class="inline" method="post" action="/settings/password">
      ${csrfField(user)}
      <label>Current <input type="password" name="current_password" autocomplete="current-password" required /></label>
      <label>New <input type="password" name="password" autocomplete="new-password" minlength="12" required /></label>
      <button class="secondary">Change</button>
    </form>
    <p class="hint">No password yet? <a href="/forgot-password">Have a link mailed to you</a>.</p>
  </section>`;
}

function switcher(user: SignedInUser, organisations: Organisation[]): Html {
  return html`<section class="card">
    <h2>Work in another organisation</h2>
    <form class="inline" method="post" action="/settings/organisation/switch">
      ${csrfField(user)}
      <label
        >Organisation
        <select name="organisation_id">
          ${organisations.map((one) => html`<option value="${one.id}" ${one.id === user.organisationId && 'selected'}>${one.name}</option>`)}
        </select>
      </label>
      <button class="secondary">Switch</button>
    </form>
  </section>`;
}

function organisation(user: SignedInUser): Html {
  return html`<section class="card">
    <h2>Organisation</h2>
    <form class="inline" method="post" action="/settings/organisation">
      ${csrfField(user)}
      <label>Name <input name="name" value="${user.organisationName}" maxlength="120" required /></label>
      <button class="secondary">Rename</button>
    </form>
    <form class="inline" method="post" action="/organisation/logo/import">
      ${csrfField(user)}
      <label>Logo from the web <input type="url" name="url" placeholder="https://…" required /></label>
      <button class="secondary">Import</button>
    </form>
  </section>`;
}

function apiTokens(user: SignedInUser, tokens: ApiToken[], newToken: string | undefined): Html {
  return html`<section class="card" id="api-tokens">
    <h2>API tokens</h2>
    ${newToken && html`<p class="notice">Copy your new token now, it is not shown again:<br /><code>${newToken}</code></p>`}
    <ul class="rows">
      ${tokens.map(
        (token) =>
          html`<li>
            <span>${token.name}</span>
            <span class="muted end"
              >${token.last_used_at ? `used ${date(token.last_used_at)}` : 'never used'}, until ${date(token.expires_at)}</span
            >
            <form method="post" action="/settings/api-tokens/${token.id}/revoke">
              ${csrfField(user)}<button class="quiet danger">Revoke</button>
            </form>
          </li>`,
      )}
    </ul>
    <form class="inline" method="post" action="/settings/api-tokens">
      ${csrfField(user)}
      <label>What is it for? <input name="name" maxlength="80" required /></label>
      <button class="secondary">Create a token</button>
    </form>
    <p class="hint">A token acts in your name, with your role. The API is described in <a href="/openapi.json">openapi.json</a>.</p>
  </section>`;
}
