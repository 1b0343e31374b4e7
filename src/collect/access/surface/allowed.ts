import { type Operation, operationKey } from './operation.ts';
import { dangerOf } from './safety.ts';
import { wayName } from './way.ts';

/** `POST /api/invoices/{id}/send`, as the config and `--allow` name an operation; parameters as `{name}` or `:name`; `MUTATION /graphql#sendInvoice`. */
export const allowedName = /^(GET|POST|PUT|PATCH|DELETE|QUERY|MUTATION) (\/\S*)$/;

/** What was named may be sent, whatever its address promises. */
export const withAllowed = (operations: readonly Operation[], names: readonly string[]): Operation[] => {
  const keys = new Set(names.map(keyOf));
  return operations.map((one) =>
    keys.has(operationKey(one)) || (one.way && names.includes(wayName(one.way))) ? { ...one, allowed: true } : one,
  );
};

/** The names that are no operation of the app. */
export const allowedInVain = (operations: readonly Operation[], names: readonly string[]): string[] => {
  const keys = new Set(operations.flatMap((one) => [operationKey(one), ...(one.way ? [keyOf(wayName(one.way))] : [])]));
  return names.filter((name) => !keys.has(keyOf(name)));
};

/** Why an operation is not sent; `undefined` where it may be, by its address or by the user's word. */
export const whyHeld = (operation: Pick<Operation, 'method' | 'path' | 'allowed' | 'way'>): string | undefined =>
  operation.allowed ? undefined : dangerOf(operation);

function keyOf(name: string): string {
  const [, method = '', path = ''] = allowedName.exec(name) ?? [];
  return operationKey({ method, path: path.replace(/:(\w+)/g, '{$1}') });
}

/** Whether something allowed is done to the whole app rather than to one thing: its end may be the end of the run. */
export const isForTheWhole = ({ method, path, allowed }: Pick<Operation, 'method' | 'path' | 'allowed'>): boolean =>
  allowed === true && !path.includes('{') && (method !== 'GET' || endsAll.test(path));

const endsAll =
  /(?:^|[/_.-])(?:reset|drop|truncate|purge|wipe|destroy|nuke|seed|createdb|migrate|restore|rollback|shutdown|restart|reboot|flush)(?:$|[/_.-])/i;
