import type { Vault } from '../../core/vault.ts';
import { hideSecret } from '../source/secrets/collection.ts';
import { findSecrets } from '../source/secrets/scan-text.ts';

/**
 * Puts the credentials that stand in SQL into the vault: a service_role key in a cron job, a password in a seed. Statements are quoted in evidence,
 * in what PostgreSQL answers, and in what the rebuilt database shows of itself.
 */
export function hideSecretsIn(files: readonly { readonly text: string }[], vault: Vault): void {
  const now = Date.now();
  for (const { text } of files)
    for (const hit of findSecrets(Buffer.from(text).toString('latin1'), { names: true, lines: false, code: true, certainOnly: false, now }))
      hideSecret(vault, hit);
}
