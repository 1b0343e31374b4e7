import { isPrivileged } from '../../../evidence/database-questions.ts';
import { isLow } from '../../../evidence/role-names.ts';
import type { Value } from '../evaluate/value.ts';
import { isRoleColumn } from '../../source/database/facts/words.ts';
import type { Edit } from './edits.ts';
import { mentions } from './world.ts';

/** What making an edit true would give the person: nothing beyond what is his, a place in a tenant, power in a tenant, or power over all. */
export type Power = 'own' | 'member' | 'tenant' | 'global';

/** `clientId` as `client_id`, the form that the words of the database are in. */
export const snake = (name: string): string =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[-\s.]+/g, '_')
    .toLowerCase();

const stateField =
  /^(?:active|enabled|approved|verified|email_?verified|is_?(?:active|enabled|approved|verified|complete|registered)|status|state|disabled|banned|blocked|deleted|accepted_?terms|onboard\w*)$/i;
const claimsOfAll = /^(?:email|email_verified|phone_number|name|picture|sub|user_id|firebase|sign_in_provider|auth_time)$/;
const makesPublic =
  /^(?:is_?)?(?:public|published|shared|visible|listed|open|visibility|privacy|access|status|state|featured|approved|live)$/;

const roleLike = (keys: readonly string[]): boolean =>
  keys.some((key) => isRoleColumn(snake(key)) || /roles?$|admin|permission/i.test(key));

/** Whether a value names a role that ordinary customers do not hold. */
function isHigh(value: Value | undefined): boolean {
  if (value?.is === 'string') return !isLow(value.value);
  if (value?.is === 'list') return value.items.some(isHigh);
  return value?.is === 'bool' ? value.value : true;
}

/** What an edit to something other than the document itself gives to the person with this mark. */
export function powerOf({ location, value }: Edit, mark: string, tenant: string): Power {
  if (location.base === 'token') {
    const [first = ''] = location.keys;
    if (mentions(value, mark) || mentions(value, tenant)) return 'member';
    if (first === 'email' || first === 'phone_number') return 'global';
    return claimsOfAll.test(first) || (value?.is === 'string' && isLow(value.value)) ? 'own' : 'global';
  }
  if (location.base !== 'doc') return 'own';
  const parts = location.key.split('/');
  const his = parts.some((part) => part.includes(`uid-${mark}`) || part.includes(`${mark}@`));
  const inTenant = parts.some((part, index) => index % 2 === 1 && part.includes(tenant) && !part.includes(`uid-${mark}`));
  const collection = parts.at(-2) ?? '';
  const high = (): Power => (inTenant ? 'tenant' : 'global');
  if (!his) {
    if (!mentions(value, mark) && !location.keys.some((key) => key.includes(mark))) return 'own';
    return isPrivileged(location.key.replaceAll(mark, '')) || roleLike(location.keys) ? high() : 'member';
  }
  if (isPrivileged(collection) && !/owner/i.test(collection)) return high();
  if (location.keys.length === 0) return inTenant ? 'member' : 'own';
  if (mentions(value, tenant) || mentions(value, mark)) return 'member';
  const name = snake(location.keys.at(-1) ?? '');
  if (stateField.test(name) || !isHigh(value)) return inTenant ? 'member' : 'own';
  if (roleLike(location.keys)) return high();
  return value?.is === 'string' && isPrivileged(value.value) ? high() : value?.is === 'string' || value?.is === 'bool' ? high() : 'own';
}

/** True for a field of a document that says that everybody may see it. */
export const isPublicMark = (name: string, value: Value | undefined): boolean =>
  makesPublic.test(snake(name)) && !(value?.is === 'bool' && !value.value);
