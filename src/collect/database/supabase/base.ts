import type { GrantProfile } from '../../../evidence/isolation.ts';
import { authSql } from './auth.ts';
import { standInsSql } from './extensions.ts';
import { guardsSql, harmlessSql } from './guards.ts';
import { platformSql } from './platform.ts';
import { queuesSql } from './queues.ts';
import { realtimeSql } from './realtime.ts';
import { storageSql } from './storage.ts';
import { typesSql } from './types.ts';

/**
 * Turns an empty database into an empty Supabase project, run by a superuser after `rolesSql`. Which tables the browser reaches is not in it: see
 * `grantsSql`.
 */
export const supabaseSql = `
CREATE SCHEMA extensions;
GRANT USAGE ON SCHEMA extensions TO anon, authenticated, service_role, postgres;
GRANT CREATE ON SCHEMA extensions TO postgres;
CREATE EXTENSION "uuid-ossp" SCHEMA extensions;
CREATE EXTENSION pgcrypto SCHEMA extensions;
GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role, postgres;
GRANT ALL ON SCHEMA public TO postgres;
${authSql}${storageSql}${realtimeSql}${platformSql}${queuesSql}${typesSql}${standInsSql}${harmlessSql}${guardsSql}
`;

/** A database of a repo without Supabase: only the stand-ins for extensions. */
export const plainSql = `
CREATE SCHEMA extensions;
GRANT USAGE ON SCHEMA extensions TO PUBLIC;
GRANT CREATE ON SCHEMA extensions TO postgres;
CREATE EXTENSION pgcrypto SCHEMA extensions;
GRANT ALL ON SCHEMA public TO postgres;
${typesSql}${standInsSql}${harmlessSql}
`;

/**
 * What new objects in `public` are open to. `default`: projects made before 30 May 2026, where the browser reaches every table that no policy closes.
 * `explicit`: only what the migrations grant.
 * @param owner role that makes the objects.
 */
export const grantsSql = (profile: GrantProfile, owner = 'postgres'): string =>
  profile === 'explicit'
    ? ''
    : ['TABLES', 'SEQUENCES', 'FUNCTIONS']
        .map(
          (kind) =>
            `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT ALL ON ${kind} TO postgres, anon, authenticated, service_role;\n`,
        )
        .join('');
