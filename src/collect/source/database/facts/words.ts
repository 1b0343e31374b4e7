import { isPrivileged } from '../../../../evidence/database-questions.ts';

/** True for a literal that names a role with power over others. */
export const isPrivilegedRole = (value: unknown): boolean => typeof value === 'string' && isPrivileged(value);

const roleColumn =
  /^(?:user_?|member_?|app_?|account_?|system_?|global_?|team_?|org_?|staff_?|access_?)?(?:roles?|role_id|role_name|user_?type|account_?type|permissions?|access_?level|user_?level|privileges?|scopes?|papel|funcao|função|cargo|rol|perfil|tipo_usuario|tipo_perfil|nivel_acesso)$|^is_?(?:super_?|platform_?|system_?|site_?|org_?)?(?:admin|administrator|superuser|super_?admin|owner|staff|manager|root|moderator|gestor|master)$|^(?:admin|superadmin|super_admin|superuser)$/i;

/** Column names that say what their owner may do. */
export const isRoleColumn = (name: string): boolean => roleColumn.test(name);

const billingColumn =
  /^(?:credits?|credit_?(?:balance|s_remaining|s_left|limit)|balance|wallet_?balance|tokens_?(?:remaining|left|balance)|plan|plan_?(?:id|type|name|tier)|subscription(?:_(?:plan|tier|status|type|level|end|ends_at|expires_at|active))|tier|is_?(?:premium|paid|pro|subscribed|lifetime|vip)|trial_?(?:end|ends_at|expires_at)|quota|max_(?:users|seats|businesses|projects)|saldo|creditos|créditos|plano|plano_id|stripe_(?:customer|subscription)_id)$/i;

/** Column names that say what their owner has paid for. */
export const isBillingColumn = (name: string): boolean => billingColumn.test(name);

const tenantColumn =
  /^(?:organi[sz]ation|org|tenant|company|workspace|team|business|account|agency|clinic|practice|firm|school|church|church_tenant|store|shop|restaurant|property_manager|empresa|loja|negocio|negócio|organizacion|organización|organizacao|organização|escritorio|estudio|clinica|clínica|imobiliaria|condominio|entreprise|societe|unternehmen)_?id$/i;

/** Column names that usually hold the tenant. */
export const isTenantColumn = (name: string): boolean => tenantColumn.test(name);

const tenantTable =
  /^(?:organi[sz]ations?|orgs?|tenants?|companies|company|workspaces?|businesses|agencies|clinics|practices|firms|church_tenants|stores|shops|restaurants|empresas?|lojas?|organizaciones|organizacoes|escritorios|clinicas|entreprises|client_companies)$/i;

/** Table names that usually hold the tenants themselves. */
export const isTenantTable = (name: string): boolean => tenantTable.test(name);

const profileTable = /^(?:user_?|public_?)?(?:profiles?|users?|accounts?|perfis|perfiles|usuarios|usuários|app_users)$/i;

/** Table names that usually hold one row for each account. */
export const isProfileTable = (name: string): boolean => profileTable.test(name);

const ownerColumn =
  /^(?:user|owner|profile|account_owner|member|auth_user|usuario|usuário|owner_user|customer_user|client_user)_?(?:id|uuid)$/i;

/** Column names that usually hold the account a row belongs to. */
export const isOwnerColumn = (name: string): boolean => ownerColumn.test(name);

const authorColumn =
  /(?:_by|_by_id|_by_user_id|_by_user)$|^(?:author|creator|assignee|reviewer|approver|uploader|editor|criado_por|creado_por|atualizado_por|assigned_to|assigned_user|responsavel|responsável|responsable|manager|supervisor|lead|last_modified)(?:_id)?$/i;

/** Column names that say who did something, not whose row it is. */
export const isAuthorColumn = (name: string): boolean => authorColumn.test(name);
