import type { SignedInUser } from '../request.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

export interface Page {
  title: string;
  user?: SignedInUser | undefined;
  /** Path of the menu entry the page belongs to. */
  at?: string;
  notice?: string | undefined;
  body: Html;
}

function menu(user: SignedInUser, at: string): Html {
  const staff = user.role === 'owner' || user.role === 'staff';
  const entries = [
    user.role && ['/', 'Dashboard'],
    user.role && ['/invoices', 'Invoices'],
    user.role && ['/cases', 'Cases'],
    user.role && ['/approvals', 'Approvals'],
    staff && ['/members', 'Members'],
    ['/settings', 'Settings'],
    user.isPlatformAdmin && ['/admin', 'Admin'],
  ].filter((entry): entry is [string, string] => Array.isArray(entry));
  return html`<nav class="menu" aria-label="Main">
    ${entries.map(([path, label]) => html`<a href="${path}" ${path === at && html`aria-current="page"`}>${label}</a>`)}
  </nav>`;
}

function header(user: SignedInUser | undefined, at: string): Html {
  if (!user) return html`<header class="bar bar-public"><a class="brand" href="/login">Fieldwork</a></header>`;
  return html`<header class="bar">
      <a class="brand" href="/">Fieldwork</a>
      <span class="organisation">${user.organisationName ?? 'Platform'}</span>
      <form class="who" method="post" action="/logout">
        ${csrfField(user)}
        <span class="name">${user.name || user.email}</span>
        <button class="quiet">Sign out</button>
      </form>
    </header>
    ${menu(user, at)}`;
}

/** The hidden field that every form of a signed-in user needs; see requireCsrf. */
export function csrfField(user: SignedInUser): Html {
  return html`<input type="hidden" name="_csrf" value="${user.csrfToken}" />`;
}

export function badge(status: string): Html {
  return html`<span class="badge badge-${status}">${status}</span>`;
}

export function layout({ title, user, at = '', notice, body }: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Fieldwork</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/page.css" />
        <link rel="stylesheet" href="/assets/parts.css" />
      </head>
      <body class="${user ? 'signed-in' : 'signed-out'}">
        ${header(user, at)}
        <main>${notice && html`<p class="notice" role="status">${notice}</p>`} ${body}</main>
      </body>
    </html>`.markup;
}
