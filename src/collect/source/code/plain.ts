import type { Column, DatabaseModel, Table } from '../../../evidence/database.ts';
import { plainTableName } from '../../../evidence/table-name.ts';
import { isBillingColumn, isOwnerColumn, isRoleColumn, isTenantColumn } from '../database/facts/words.ts';

/** Whose row it is or who did something with it: `created_by`, `author_id`. Who shall do it (`assigned_to`) is for whoever plans to say. */
const doer =
  /(?:^|_)by(?:_user)?(?:_id)?$|^(?:author|creator|approver|uploader|customer|client|patient|employee|student)_(?:user_)?(?:id|uuid)$/;
const people = /(?:^|[._])(?:users?|profiles?|accounts?|customers?|clients?|employees?|patients?|members?)$/i;
/** Somebody else has to say so: `paid`, `approved_at`, `is_verified`, `payment_status`. */
const mark =
  /^(?:is_|has_)?(?:paid|approved|verified|confirmed|settled|refunded|signed|locked|banned|blocked|suspended|deleted)(?:_(?:at|on))?$|(?:payment|approval|billing|verification)_(?:status|state)$/;
const secret =
  /password|passwd|secret|credential|(?:^|_)(?:api|private|access|service)_?key|token(?:$|_hash$)|^config(?:uration)?(?:_json)?$|^settings$/;
/** Amounts that somebody owes or has; a share of them is a rule. */
const amount =
  /(?:^|_)(?:amount|total|subtotal|balance|salary|wage|income|revenue|profit|budget|discount|refund|valor|monto|importe|saldo|honorario|salario)(?:_|$)|^(?:price|value|cost|preco|preço|precio)$|iban|(?:bank|account|routing|card)_?(?:number|no)$/;
const share = /_(?:pct|percent|percentage|rate|ratio|count|type|label)$/;

const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

function gives({ name, references, power }: Column): boolean {
  const plain = snake(name);
  return (
    power !== undefined ||
    [isRoleColumn, isTenantColumn, isOwnerColumn, isBillingColumn].some((is) => is(plain)) ||
    (references !== undefined && people.test(references)) ||
    doer.test(plain) ||
    mark.test(plain) ||
    secret.test(plain) ||
    (amount.test(plain) && !share.test(plain))
  );
}

const isPlain = (table: Table): boolean =>
  table.columns.length > 1 &&
  table.uncertain === undefined &&
  table.tenancy === undefined &&
  table.decides.length === 0 &&
  !table.holds.includes('secret') &&
  // Who said what is for whoever said it.
  !table.holds.includes('message') &&
  !table.columns.some(gives);

/**
 * Answers whether all columns of a table are known, and none of them is for somebody else to set than whoever edits the row: none gives
 * power, says whose the row is or who did something, is a mark such as “paid”, keeps a secret or an amount.
 */
export function plainTables(model: DatabaseModel | undefined): (name: string) => boolean {
  const tables = new Map<string, boolean>();
  for (const table of model?.tables ?? []) {
    const name = plainTableName(table.name);
    tables.set(name, (tables.get(name) ?? true) && isPlain(table));
  }
  return (name) => tables.get(plainTableName(name)) ?? false;
}
