import { request } from 'node:http';
import { demoPassword } from '../start.ts';

/** What came back, read to the end. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Path of the page after redirects. */
  path: string;
}

type Fields = Record<string, string>;

/** A person at a browser: keeps cookies, follows redirects, and sends the CSRF token of the last page with every form. */
export class Browser {
  readonly base: string;
  readonly cookies = new Map<string, string>();
  csrf = '';

  constructor(base: string) {
    this.base = base;
  }

  /** One request, redirects not followed. */
  async send(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (this.cookies.size > 0) headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(new URL(path, this.base), { redirect: 'manual', ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (value === '') this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    const text = await response.text();
    this.csrf = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? this.csrf;
    return { status: response.status, headers: response.headers, text, path: new URL(path, this.base).pathname };
  }

  /** Opens a page, following redirects on this site and others. */
  async open(path: string): Promise<Answer> {
    return this.follow(await this.send(path));
  }

  /** Sends a form, with the CSRF token, and follows the redirect. */
  async submit(path: string, fields: Fields = {}, headers: Fields = {}): Promise<Answer> {
    return this.follow(await this.post(path, fields, headers));
  }

  /** Sends a form, with the CSRF token; the redirect is not followed. */
  post(path: string, fields: Fields = {}, headers: Fields = {}): Promise<Answer> {
    const body = new URLSearchParams({ ...(this.csrf && { _csrf: this.csrf }), ...fields });
    return this.send(path, { method: 'POST', body, headers });
  }

  /** Calls the API with JSON; the session's CSRF token goes along. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of any shape
  async json(method: string, path: string, body?: unknown, headers: Fields = {}): Promise<{ status: number; headers: Headers; data: any }> {
    const answer = await this.send(path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(this.csrf && { 'x-csrf-token': this.csrf }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const json = answer.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: answer.status, headers: answer.headers, data: json ? JSON.parse(answer.text) : answer.text };
  }

  /** Sends a form with a file and the CSRF token; the redirect is not followed. */
  upload(path: string, file: { name: string; content: string | Uint8Array<ArrayBuffer> }, fields: Fields = {}): Promise<Answer> {
    const form = new FormData();
    for (const [name, value] of Object.entries({ _csrf: this.csrf, ...fields })) form.append(name, value);
    form.append('file', new Blob([file.content]), file.name);
    return this.send(path, { method: 'POST', body: form });
  }

  /** Signs in with the password and loads a page, so that the CSRF token is known. */
  async signIn(email: string, password: string = demoPassword): Promise<this> {
    const answer = await this.submit('/login', { email, password });
    if (answer.status !== 200) throw new Error(`${email} could not sign in: ${answer.status}`);
    return this;
  }

  private async follow(answer: Answer): Promise<Answer> {
    let at = answer;
    for (let hops = 0; hops < 10 && at.status >= 300 && at.status < 400; hops++) at = await this.send(at.headers.get('location')!);
    return at;
  }
}

/** Sends a form under another Host header, which fetch does not allow. */
export function postAsHost(base: string, host: string, path: string, fields: Fields): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
    const sent = request(new URL(path, base), { method: 'POST', headers }, (response) => {
      response.resume().once('end', resolve);
    });
    sent.once('error', reject);
    sent.end(new URLSearchParams(fields).toString());
  });
}
