import type { Content } from '../wire/content.ts';

/** Names of variables that only a server has: of the operating system, of what serves requests, and of secrets. */
const variables =
  /\b(?:PYTHONPATH|VIRTUAL_ENV|DJANGO_SETTINGS_MODULE|SERVER_SOFTWARE|GATEWAY_INTERFACE|wsgi\.url_scheme|wsgi\.version|REMOTE_ADDR|NODE_ENV|npm_package_name|npm_config_[a-z_]+|GEM_HOME|RAILS_ENV|RACK_ENV|DOCUMENT_ROOT|SCRIPT_FILENAME|LD_LIBRARY_PATH|HOSTNAME|SHLVL|OLDPWD|PWD|DATABASE_URL|SECRET_KEY(?:_BASE)?|AWS_SECRET_ACCESS_KEY|STRIPE_SECRET_KEY|JWT_SECRET)\b/g;

/** Fewer turn up in texts about programming. */
const enough = 5;

/**
 * The environment of the server in an answer (OWASP API8:2023): names of its variables that stand beside values, `undefined` where there are too few of
 * them to be one. A page about programming names some as well, but has no values of this machine: a path and a number of a process or a port.
 */
export function environmentIn({ json, values }: Content): string | undefined {
  // The names are keys in JSON, and stand in the text of a page.
  const text = json === undefined ? values.join('\n') : JSON.stringify(json);
  const found = [...new Set([...text.matchAll(variables)].map(([name]) => name))];
  const hasValues =
    /(?:PWD|HOME|OLDPWD|VIRTUAL_ENV|DOCUMENT_ROOT)\W{1,40}(?:\/(?:home|root|app|usr|opt|srv|var|work|tmp|workspace)\b)/.test(text);
  return found.length >= enough && hasValues ? `variables of the server: ${found.slice(0, 4).join(', ')}` : undefined;
}
