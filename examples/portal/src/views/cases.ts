import { CASE_STATUSES } from '../records.ts';
import type { Case, Member, StoredFile, Task } from '../records.ts';
import type { SignedInUser } from '../request.ts';
import { date, fileSize } from './format.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { badge, csrfField, layout } from './layout.ts';

export function casesPage(user: SignedInUser, cases: Case[], clients: Member[]): string {
  return layout({
    title: 'Cases',
    user,
    at: '/cases',
    body: html`<h1>Cases</h1>
      ${cases.length === 0 && html`<p class="empty">There are no cases yet.</p>`}
      <ul class="rows card">
        ${cases.map(
          (one) =>
            html`<li>
              <a href="/cases/${one.id}">${one.title}</a>
              <span class="muted">${one.client_name}, since ${date(one.created_at)}</span>
              <span class="end">${badge(one.status)}</span>
            </li>`,
        )}
      </ul>
      <details class="card">
        <summary>Open a case</summary>
        <form method="post" action="/cases">
          ${csrfField(user)}
          ${
            user.role !== 'client' &&
            html`<label
              >Client
              <select name="client_id" required>
                ${clients.map((client) => html`<option value="${client.user_id}">${client.name || client.email}</option>`)}
              </select>
            </label>`
          }
          <label>Subject <input name="title" maxlength="200" required /></label>
          <label>What is it about? <textarea name="description" rows="4" maxlength="5000"></textarea></label>
          <button>Open the case</button>
        </form>
      </details>`,
  });
}

export function casePage(user: SignedInUser, one: Case, tasks: Task[], files: StoredFile[]): string {
  const staff = user.role !== 'client';
  return layout({
    title: one.title,
    user,
    at: '/cases',
    body: html`<div class="head">
        <h1>${one.title}</h1>
        ${badge(one.status)}
      </div>
      <p class="muted">${one.client_name}, since ${date(one.created_at)}</p>
      ${one.description && html`<section class="card text">${one.description}</section>`} ${staff && statusForm(user, one)}
      ${staff && taskList(user, one, tasks)} ${fileList(user, one, files)}`,
  });
}

function statusForm(user: SignedInUser, one: Case): Html {
  return html`<form class="card inline" method="post" action="/cases/${one.id}/status">
    ${csrfField(user)}
    <label
      >Status
      <select name="status">
        ${CASE_STATUSES.map((status) => html`<option ${status === one.status && 'selected'}>${status}</option>`)}
      </select>
    </label>
    <button class="secondary">Save</button>
  </form>`;
}

function taskList(user: SignedInUser, one: Case, tasks: Task[]): Html {
  return html`<section class="card">
    <h2>Tasks</h2>
    <ul class="rows">
      ${tasks.map(
        (task) =>
          html`<li class="${task.done_at && 'done'}">
            <span>${task.title}</span>
            <span class="muted end">${task.due_on && `due ${date(task.due_on)}`}</span>
            ${
              !task.done_at &&
              html`<form method="post" action="/cases/${one.id}/tasks/${task.id}/done">
                ${csrfField(user)}<button class="quiet">Done</button>
              </form>`
            }
          </li>`,
      )}
    </ul>
    <form class="inline" method="post" action="/cases/${one.id}/tasks">
      ${csrfField(user)}
      <label>New task <input name="title" maxlength="200" required /></label>
      <label>Due <input type="date" name="due_on" /></label>
      <button class="secondary">Add</button>
    </form>
  </section>`;
}

function fileList(user: SignedInUser, one: Case, files: StoredFile[]): Html {
  return html`<section class="card">
    <h2>Files</h2>
    ${files.length === 0 && html`<p class="muted">No files yet.</p>`}
    <ul class="rows">
      ${files.map(
        (file) =>
          html`<li>
            <a href="/files/${file.id}">${file.name}</a>
            <span class="muted end">${fileSize(file.size_bytes)}, ${date(file.created_at)}</span>
          </li>`,
      )}
    </ul>
    <form class="inline" method="post" action="/cases/${one.id}/files" enctype="multipart/form-data">
      ${csrfField(user)}
      <label>PDF, PNG, JPEG or text, up to 5 MB <input type="file" name="file" required /></label>
      <button class="secondary">Upload</button>
    </form>
  </section>`;
}
