import type { DatabaseModel, Table } from '../../../evidence/database.ts';
import type { Subject } from '../../../evidence/routes.ts';
import { plainTableName } from '../../../evidence/table-name.ts';

const intake =
  /^(?:contact|lead|wait_?list|subscriber|newsletter|feedback|inquir|enquir|page_?view|analytics?|event_?log|event|visit|click|impression|metric|telemetry|error_?log|web_?vital|demo_?request|survey_?response|usage|rate_?limit|request_?log|search_?log)|webhook_(?:event|log|deliver)|(?:request|error|access|api|email|webhook|sync)_log$/;
const open =
  /^(?:plan|pricing|product|categor|tag|countr|currenc|language|locale|translation|post|article|blog|page|faq|testimonial|review|setting|site_?setting|config|feature|feature_?flag|banner|menu|template|public|changelog|banner|slide|gallery|service|skill|city|cities|state|region|timezone|industry|holiday|exchange_?rate|announcement|news|help|doc|billboard|color|size|collection|store_?categor)/;
const personal =
  /user|customer|client|patient|employee|staff|person|people|contact|member|profile|account|invoice|payment|order|booking|appointment|case|ticket|message|conversation|chat|document|file|upload|contract|quote|proposal|project|task|approval|report|record|note|session|token|credential|key|secret|salar|payroll|expense|transaction|subscription|billing|card|bank|lease|tenant|organi[sz]ation|company|workspace|team|invit|audit|medical|prescription|claim|shipment|deal|opportunit|submission|application|intake|brand|onboarding|call|deliverable|usuari|client|pedido|empresa|fatura|agend/;

const lookup =
  /(?:^|_)(?:tier|plan|type|status|categor(?:y|ie)|template|setting|config|option|level|kind|permission|role|feature|price|rate|code|unit|label|lookup|definition|catalog|schedule_type)$/;

/** True for names of what belongs to somebody. */
export const soundsPersonal = (name: string): boolean => personal.test(name);
const people =
  /(?:^|_)(?:user|customer|client|patient|employee|staff|person|people|profile|account|contact|member|usuario|cliente|perfil|worker|student)$/;
/** True for names of tables of people. */
export const aboutPeople = (name: string): boolean => people.test(name);

/** Answers what a table is for: by its columns where the schema is known, else by its name. */
export function subjectTable(model: DatabaseModel | undefined): (name: string) => Subject {
  const tables = new Map<string, Table>();
  for (const table of model?.tables ?? []) tables.set(plainTableName(table.name), table);
  return (name) => {
    const plain = plainTableName(name);
    if (plain === '*' || plain === '') return 'unknown';
    const table = tables.get(plain);
    if (table?.tenancy)
      return table.tenancy.kind === 'owner' || table.tenancy.kind === 'profile' ? (intake.test(plain) ? 'intake' : 'owner') : 'tenant';
    if (intake.test(plain)) return 'intake';
    if (table) return table.holds.length > 0 || (personal.test(plain) && !open.test(plain) && !lookup.test(plain)) ? 'private' : 'public';
    if (open.test(plain) || lookup.test(plain)) return 'public';
    return personal.test(plain) ? 'private' : 'unknown';
  };
}
