import type { Codebase } from '../codebase.ts';
import { recordEffect } from '../interpret/log.ts';
import { both, nothing } from '../interpret/state.ts';
import { alternativesOf, isNullish, literal, type Machine } from '../interpret/value.ts';
import { credentialsLogins } from '../know/credentials.ts';
import { input, webRequest } from '../know/web.ts';
import type { RouteSpec } from './assemble.ts';

/** The logins that next-auth's credentials providers make: running `authorize` shows what it takes to be signed in. */
export function* credentialsRoutes(code: Codebase, machine: Machine): Generator<RouteSpec> {
  for (const path of code.product) {
    if (!code.text(path)?.includes('providers/credentials')) continue;
    const module = code.module(path);
    if (module) for (const name of module.declarations.keys()) machine.lookup(name, machine.moduleScope(module));
    if (module?.exports.has('default')) machine.exported(module, 'default');
  }
  for (const login of credentialsLogins(machine)) {
    yield {
      kind: 'http',
      framework: 'next-auth',
      method: 'POST',
      path: `/api/auth/callback/${login.name}`,
      id: `login ${login.name} (next-auth)`,
      place: login.module.placeOf(login.node),
      csrf: 'token',
      run: (m) => {
        const answer = m.settle(
          m.call(login.authorize, [input('body'), webRequest(literal('/api/auth'), literal('POST'))], {}, login.node, login.module),
        );
        const { state } = m;
        if (!state) return undefined;
        for (const item of alternativesOf(answer)) {
          if (isNullish(item.value)) continue;
          const known = both(state, item.state ?? nothing);
          recordEffect(
            m.log,
            {
              kind: 'session',
              what: 'authorize() signs the caller in',
              place: login.module.placeOf(login.node),
              auth: known.auth,
              fromInput: [],
            },
            known,
          );
        }
        return undefined;
      },
    };
  }
}
