import { isPriceList } from './nature.ts';
import type { ColumnState, TableState } from '../catalog/state.ts';

/** Sensitive kinds by column name: English, Portuguese, Spanish and what else real repos use. */
const kinds: readonly (readonly [string, RegExp])[] = [
  [
    'contact',
    /(?:^|_)e?_?mails?(?:_|$)|^correo|phone|telefon|teléfono|celular|mobile_?(?:no|number)?$|whatsapp|^(?:full|first|last|middle|client|customer|patient|employee|guest|contact|lead|recipient|cliente)_?name$|^(?:nome|nombre)_(?:completo|cliente)|sobrenome|apellido|(?:^|_)(?:street|home|billing|shipping|postal|delivery)?_?(?<!ip_|mac_|wallet_)address(?:_|$|line)|endereco|endereço|direccion|dirección|^cep$|post_?code|zip_?code/i,
  ],
  [
    'identity',
    /(?:^|_)(?:cpf|rg|ssn|sin|nin|nif|nie|dni|curp|rfc|aadhaa?r|pan_?(?:no|number)|passport|passaporte|pasaporte|tax_?id|tfn|national_?id|social_security)(?:_|$)|date_?of_?birth|birth_?(?:date|day)|(?:^|_)dob(?:_|$)|data_?nascimento|fecha_?nacimiento|licen[cs]e_?(?:no|number)|document_?number|identity_?(?:no|number|document)|visa_(?:number|status)/i,
  ],
  [
    'money',
    /salar|wage|payroll|(?:^|_)(?:amount|total(?!_(?:fat|carb|sugar|calor|protein|fib|weight|volume|hours|days))|subtotal|balance|paid|revenue|profit|margin|commission|comissao|comissão|valor|monto|importe|saldo|honorario|faturamento|income|net_worth|pay_?rate|hourly_rate|cost)(?:_|$)|iban|(?:bank|account|routing|card|sort)_?(?:number|no|code)|(?:^|_)bank_|stripe_(?:customer|payment|subscription)|pix_key|chave_pix|invoice_?(?:no|number)|credit_limit|loan/i,
  ],
  [
    'secret',
    /password|passwd|senha|contrase|(?:^|_)(?:secret|api_?key|private_?key|access_?token|refresh_?token|auth_?token|session_?token|reset_?token|invite_?token|invitation_?token|verification_?(?:code|token)|webhook_?(?:secret|token)|client_?secret|credentials?|encryption_?key|otp|pin_?(?:code|hash)|totp|token_?hash|smtp_?pass)(?:_|$)|^token$/i,
  ],
  [
    'health',
    /diagnos|medication|symptom|allerg(?:y|ies)(?:_|$)|treatment_?plan|blood_?(?:type|group|pressure)|prescription|medical|health_|patient|insurance_?(?:id|number|policy)|therap|prontuario|disabilit|vaccin/i,
  ],
  [
    'message',
    /^(?:messages?|message_?(?:body|text|content)|mensagem|mensagens|mensaje|body_?(?:html|text)?|chat_?(?:log|history)|transcript(?:ion)?|conversation|email_?(?:body|content|html)|reply|comment_?(?:text|body))$/i,
  ],
  ['location', /^(?:lat|lng|lon|latitude|longitude|gps.*|geo_?location|coordinates|.*_(?:latitude|longitude))$|ip_?address|^ip$/i],
];

/** Kinds of sensitive data a table holds, told by its columns. */
export function holdsOf(table: TableState): string[] {
  const kinds = kindsAmong([...table.columns.values()]);
  // What a treatment is for is written on the price list; nobody has it.
  return isPriceList(table) ? kinds.filter((kind) => kind !== 'health') : kinds;
}

/** Kinds of sensitive data among columns; a name alone will do. */
export function kindsAmong(columns: readonly Pick<ColumnState, 'name' | 'type'>[]): string[] {
  const postal = columns.some(({ name }) => partOfAddress.test(name));
  const telling = columns.filter(isText).map((column) => (postal && pinCode.test(column.name) ? { ...column, name: 'post_code' } : column));
  return kinds.filter(([, names]) => telling.some((column) => names.test(column.name) && !isRequest(column))).map(([kind]) => kind);
}

/** India's postal code, where it stands among the parts of an address; elsewhere a number to log in with. */
const pinCode = /^(?:\w+_)?pin_?code$/i;
const partOfAddress = /^(?:\w+_)?(?:city|town|state|district|province|country|cidade|ciudad|estado)$/i;

/** The body of a request that the app sends, not of a letter. */
const isRequest = ({ name, type }: Pick<ColumnState, 'name' | 'type'>): boolean => /^body$/i.test(name) && /^jsonb?$/.test(type);

// Flags and counters such as email_verified, phone_visible or total_count hold nothing worth stealing.
const isText = (column: Pick<ColumnState, 'name' | 'type'>): boolean =>
  column.type !== 'boolean' &&
  !column.type.startsWith('timestamp') &&
  !/_(?:count|enabled|verified|visible|at|id|type|status|label|placeholder)$/i.test(column.name);
