import { html } from './html.ts';
import { layout } from './layout.ts';

interface LoginPage {
  next: string;
  singleSignOn: boolean;
  error?: string;
  notice?: string;
}

export function loginPage({ next, singleSignOn, error, notice }: LoginPage): string {
  return layout({
    title: 'Sign in',
    notice,
    body: html`<section class="card narrow">
      <h1>Sign in</h1>
      ${error && html`<p class="error" role="alert">${error}</p>`}
      <form method="post" action="/login">
        <input type="hidden" name="next" value="${next}" />
        <label>Email <input type="email" name="email" autocomplete="username" required autofocus /></label>
        <label>Password <input type="password" name="password" autocomplete="current-password" required /></label>
        <button>Sign in</button>
        <a class="aside" href="/forgot-password">Forgot your password?</a>
      </form>
      <hr />
      <h2>No password at hand?</h2>
      <form method="post" action="/login/magic-link">
        <label>Email <input type="email" name="email" autocomplete="username" required /></label>
        <button class="secondary">Mail me a sign-in link</button>
      </form>
      ${singleSignOn && html`<a class="button secondary wide" href="/login/oidc">Sign in with your company account</a>`}
    </section>`,
  });
}

export function forgotPasswordPage(): string {
  return layout({
    title: 'Reset your password',
    body: html`<section class="card narrow">
      <h1>Reset your password</h1>
      <p>Tell us your email address, and we mail you a link to choose a new password.</p>
      <form method="post" action="/forgot-password">
        <label>Email <input type="email" name="email" autocomplete="username" required autofocus /></label>
        <button>Mail me the link</button>
      </form>
    </section>`,
  });
}

export function checkYourMailPage(): string {
  return layout({
    title: 'Check your mail',
    body: html`<section class="card narrow">
      <h1>Check your mail</h1>
      <p>If there is an account with this address, a mail is on its way. It can take a minute.</p>
      <p><a href="/login">Back to sign-in</a></p>
    </section>`,
  });
}

/** The page a mailed sign-in link opens. The button keeps mail scanners, which follow links, from using the link up. */
export function magicLinkPage(token: string): string {
  return layout({
    title: 'Sign in',
    body: html`<section class="card narrow">
      <h1>Welcome back</h1>
      <form method="post" action="/login/magic/${token}"><button>Sign in now</button></form>
    </section>`,
  });
}

export function newPasswordPage(token: string): string {
  return layout({
    title: 'Choose a new password',
    body: html`<section class="card narrow">
      <h1>Choose a new password</h1>
      <form method="post" action="/reset-password/${token}">
        <label>New password <input type="password" name="password" autocomplete="new-password" minlength="12" required autofocus /></label>
        <p class="hint">At least 12 characters. You will be signed out everywhere.</p>
        <button>Save the password</button>
      </form>
    </section>`,
  });
}

export interface InvitePage {
  token: string;
  email: string;
  organisation: string;
  hasAccount: boolean;
}

export function invitePage({ token, email, organisation, hasAccount }: InvitePage): string {
  return layout({
    title: `Join ${organisation}`,
    body: html`<section class="card narrow">
      <h1>Join ${organisation}</h1>
      <p>You were invited as <strong>${email}</strong>.</p>
      <form method="post" action="/invites/accept/${token}">
        ${
          !hasAccount &&
          html`<label>Your name <input name="name" autocomplete="name" maxlength="120" required autofocus /></label>
            <label>Password <input type="password" name="password" autocomplete="new-password" minlength="12" required /></label>
            <p class="hint">At least 12 characters.</p>`
        }
        <button>Accept the invitation</button>
      </form>
    </section>`,
  });
}
