import { guarded } from '../interpret/state.ts';
import { api, unknown, type Value } from '../interpret/value.ts';
import { raise, sureUser } from './identity.ts';

/** BoxyHQ's SAML and directory-sync library: its controllers check codes, access tokens and the directory's secret themselves. */
export function samlPackage(packageName: string): Value | undefined {
  return packageName === '@boxyhq/saml-jackson' ? controller('jackson') : undefined;
}

const controller = (path: string): Value =>
  api('jackson', {
    call: (call) => {
      if (path === 'token' || path === 'userInfo' || path === 'samlResponse') return sureUser(call, `${path}() of saml-jackson`);
      if (path !== 'handle') return controller(path);
      raise(call, guarded('role', 'the secret of the directory, checked by saml-jackson', call.module.placeOf(call.node), ['machine']));
      const callback = call.args.find((arg) => arg.closure);
      return callback ? call.machine.call(callback, [unknown], unknown, call.node, call.module) : unknown;
    },
    member: (name) => (name === 'then' || name === 'catch' || name === 'finally' ? undefined : controller(name)),
  });
