/** Words by which roles and the signed-in user are known, as seen in real front ends. */

const core =
  /^(?:admin|administrator|owner|manager|staff|moderator|superuser|superadmin|sysadmin|supervisor|coordinator|director|hr|finance|accountant|dispatcher|clinician|editor|operator|root|president|treasurer|secretary|master)s?$/;
const around =
  /^(?:is|current|user|me|my|super|platform|org|organization|organisation|store|shop|company|team|tenant|site|system|global|app|account|workspace|project|practice|school|sector|region|regional|department|billing|full|role|level|any|or|and|above|portal|agency|general|local|group|club|the|main|primary)$/;

/** `isSuperAdmin` → `super admin`; `undefined` for names that do not say a role (`isAdminArea`, `isLoadingAdmin`). */
export function roleOfName(name: string): string | undefined {
  if (!/^(?:current_?user_?|user_?)?is[A-Z_]/i.test(name)) return undefined;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_]+/);
  if (words[0] !== 'is' && !words.includes('is')) return undefined;
  if (!words.every((word) => core.test(word) || around.test(word)) || !words.some((word) => core.test(word))) return undefined;
  return words.filter((word) => !/^(?:is|current|user|me|my|role)$/.test(word)).join(' ');
}

/** Owner of what? Of a record as often as of the organisation: such a name needs more proof than an administrator's. */
export const isAmbiguous = (name: string): boolean => /owner|editor|manager/i.test(name) && !/admin/i.test(name);

/** Names of a property or variable that holds a role. */
export const isRoleName = (name: string): boolean =>
  /^(?:(?:user|current|currentUser|my|auth|account|member|membership|org|organization|team|tenant|profile|viewer|session|effective|active|employee|staff|login|logged)_?)*(?:[rR]ole)(?:_?(?:[nN]ame|[tT]ype|[sS]lug|[kK]ey|[cC]ode|[iI]d|[lL]evel))?$|^(?:user|account)_?[tT]ype$/.test(
    name,
  );

/** `userRole`, `currentRole`: whose role it is, the name says. */
export const saysWhose = (name: string): boolean => /^(?:user|current|my|auth|viewer|session|logged|login|account)/i.test(name);

/** Hooks that tell who is signed in and what he may do. */
export const isSelfHook = (name: string): boolean =>
  /^use\w*(?:Auth|Session|CurrentUser|User|Profile|Account|Me|Viewer|Identity|Permission|Role|Access|Ability|Membership|Member|Org|Organization|Organisation|Team|Workspace|Tenant|Company|Claims|Admin|Employee|Staff)\w*$/.test(
    name,
  ) &&
  !/^use(?:Users|Members|Profiles|Accounts|Teams|Employees|UserById|UserList|TeamMembers|UserManagement)$|^use(?:Create|Update|Delete|Remove|Invite|Add|Edit|Set)[A-Z]/.test(
    name,
  );

/** Server functions that return the caller. */
export const isSelfCall = (name: string): boolean =>
  /^(?:auth|currentUser|currentSession|validateRequest|protect)$|^(?:get|require|ensure|load|fetch|read|use|verify|check)_?(?:Server|Current|Auth(?:enticated)?|Signed\w*|Logged\w*|My)?_?(?:User|Session|Auth|Profile|Me|Viewer|Member|Membership|Account)(?:Safe|OrThrow|OrRedirect|FromCookies?)?$/i.test(
    name,
  );

/** Variables that hold the signed-in user whatever they come from. */
export const isSelfName = (name: string): boolean =>
  /^(?:current|session|auth|authenticated|loggedIn|signedIn|viewer|my)_?(?:User|Profile|Member|Membership|Employee|Account|Staff)$|^(?:session|me|viewer|authUser|currentUser)$/i.test(
    name,
  );

/** Names that are the signed-in user where something else supports it. */
export const maybeSelfName = (name: string): boolean =>
  /^(?:user|profile|userProfile|userData|member|membership|account|employee|userInfo|appUser|dbUser)$/i.test(name);

/** Types of the signed-in user. */
export const isSelfType = (name: string): boolean =>
  /(?:SignedIn|LoggedIn|Session|Current|Viewer|Authenticated|Auth)(?:User|Member|Profile|Account)?$|^(?:Session|Auth|Viewer)/.test(name);

/** Functions that answer whether the caller holds a role: `hasRole('admin')`, `isAdmin()`, `can('delete')`. */
export const asksRole = (name: string): boolean =>
  /^(?:user)?(?:has|have|check|require|assert|verify|is|includes|in)_?(?:Any|Every|One|All|User|My|Current)*_?(?:Role|Roles)(?:In|Of|Any)?$/i.test(
    name,
  );
export const asksPermission = (name: string): boolean =>
  /^(?:user)?(?:has|check|is|can)_?(?:Any|All|User)?_?(?:Permission|Permissions|Access|Allowed|Authori[sz]ed|Privilege|Capability)(?:s|To|For)?$|^can$|^canAccess$|^can(?:User)?(?:Do|Perform)(?:Action)?$/i.test(
    name,
  );
/** Hooks of permissions: what they say under `canDelete` is about roles. */
export const isPermissionHook = (name: string): boolean =>
  /^use\w*(?:Permission|Role|Access|Auth|Ability|Capabilit|Rbac|RBAC|Admin)\w*$/.test(name);
