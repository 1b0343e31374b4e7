import type { Rule } from '../rule.ts';
import { aiRules } from './ai.ts';
import { cloudRules } from './cloud.ts';
import { codeHostingRules } from './code-hosting.ts';
import { databaseRules } from './database.ts';
import { messagingRules } from './messaging.ts';
import { paymentRules } from './payment.ts';
import { privateKeyRules } from './private-key.ts';
import { supabaseRules } from './supabase.ts';

/** Every form of credential that shows itself by its own text. */
export const rules: readonly Rule[] = [
  ...supabaseRules,
  ...paymentRules,
  ...aiRules,
  ...messagingRules,
  ...codeHostingRules,
  ...cloudRules,
  ...privateKeyRules,
  ...databaseRules,
];
