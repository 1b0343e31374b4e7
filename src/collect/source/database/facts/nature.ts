import type { Nature, Tenancy } from '../../../../evidence/database.ts';
import type { ColumnState } from '../catalog/state.ts';
import { isAuthorColumn, isOwnerColumn, isRoleColumn } from './words.ts';

/** Rows strangers are meant to add: forms and bookings of a website. */
const intake =
  /(?:^|_)(?:contact_?(?:us|messages?|requests?|forms?|submissions?)|contacts?_form|leads?$|wait_?list|subscribers?|newsletters?|feedbacks?|inquir(?:y|ies)|enquir(?:y|ies)|demo_requests?|survey_responses?|poll_votes?|rsvps?|form_submissions?|submissions?|abandoned_carts?|carts?|cart_items?|beta_signups?|(?:support|access|join|signup|registration)_requests?)(?:_|$)/i;
/** Rows a program writes about what happened. */
const log =
  /(?:^|_)(?:logs?|events?|audits?|history|histories|activit(?:y|ies)|attempts?|views?|visits?|clicks?|impressions?|metrics?|analytics|telemetry|errors?|rate_?limits?|page_?views?|search_?log|web_?vitals?|tracking|stats|statistics|sessions?|traces?|notifications?|notificacoes|notificaciones)(?:_|$)/i;
/** Things visitors are meant to see. */
const content =
  /^(?:public_.+|(?:\w+_)?(?:products?|produtos?|productos?|categor(?:y|ies|ias?)|menus?|menu_items?|stores?|lojas?|tiendas?|shops?|posts?|blogs?|blog_\w+|articles?|news|noticias?|pages?|banners?|testimonials?|reviews?|faqs?|listings?|auctions?|leil(?:ao|oes)|subastas?|properties|imove(?:l|is)|property_media|prices?|plans?|planos?|planes|pricing|packages?|themes?|translations?|countr(?:y|ies)|states?|cit(?:y|ies)|currenc(?:y|ies)|languages?|galler(?:y|ies)|portfolios?|courses?|lessons?|jobs?|job_postings?|tags?|features?|feature_flags?|announcements?|promotions?|holidays?|amenit(?:y|ies)|delivery_zones?|business_hours|opening_hours|addons?|variants?|product_\w+|exchange_rates?|postal_codes?|site_settings?|app_settings?|landing_\w+|slides?|carousels?|changelogs?|help_\w+|docs|faculty|timezones?|skills|industries|services?|servicos?|servicios?|collections?|brands?|units?))$/i;
/** What stands on the paper and the website of whoever runs the app. */
const letterhead =
  /^(?:company|business|clinic|practice|hospital|school|church|store|shop|restaurant|hotel|salon|gym|firm|agency|organi[sz]ation|empresa|loja|tienda|clinica)_(?:settings?|info|information|details)$/i;
/** Lists to choose from that hang on something private. */
const choices =
  /_(?:types?|tags?|categor(?:y|ies)|statuses|stages?|sources?|kinds?|templates?|labels?|priorities|colou?rs?|icons?|cache)$/i;
/** Texts that are sent to many: nobody's messages. */
const texts = /_templates?$/i;
/** Where the firm itself can be found. */
const premises = /^(?:branches|branch_offices|offices|sucursales|sucursais|filiais|agencias|oficinas|locations|stores_info)$/i;
/** Tables of people: what refers to them is about somebody, whatever it is called. */
const people = /(?:^|[._])(?:customers?|clients?|clientes?|patients?|pacientes?|employees?|borrowers?|workers?|students?)$/i;
/** The same for columns that refer to a table the repo does not have. */
const linkColumn =
  /^(?:customer|client|patient|employee|contract|invoice|order|case|ticket|borrower|lead|deal|conversation|worker|cliente|contrato|pedido|paciente|factura|fatura)_(?:id|uuid)$/i;
/** Names of things that belong to somebody. */
const personal =
  /user|customer|client|patient|employee|staff|person|people|contact|member|profile|account(?!ing)|invoice|payment|order|booking|appointment|case|ticket|message|conversation|chat|document|file|upload|contract|quote|proposal|project|task|approval|report|record|note|token|credential|secret|salar|payroll|expense|transaction|subscription|billing|card|bank|lease|tenant|organi[sz]ation|compan(?:y|ies)|workspace|team|invit|medical|prescription|claim|shipment|deal|opportunit|application|onboarding|deliverable|usuari|pedido|empresa|fatura|factura|agend|cliente|colaborador|funcionari|contrato|supplier|vendor|purchase|inventory|stock/i;

/** True for the name of a thing that visitors are meant to see: `store`, `category`. */
export const isShown = (name: string): boolean => content.test(name);

/** A table, or a collection of documents, as far as its purpose shows in names. */
export interface Named {
  readonly name: string;
  readonly columns: ReadonlyMap<string, Pick<ColumnState, 'name' | 'references'>>;
}

/** What a table is for: whether strangers are meant to see or add its rows, or nobody but their owner. */
export function natureOf(table: Named, tenancy: Pick<Tenancy, 'why'> | undefined, holds: readonly string[]): Nature {
  const { name } = table;
  const delicate = holds.some((kind) => kind === 'secret' || kind === 'identity' || kind === 'health');
  if (intake.test(name)) return { kind: 'intake', why: 'its name' };
  if (choices.test(name) && !delicate && !holds.includes('contact') && (!holds.includes('message') || texts.test(name)))
    return { kind: 'content', why: 'its name' };
  // Who acted and what he did are as private as what he acted on, but adding a line is no theft.
  if (log.test(name) && !holds.includes('health')) return { kind: 'log', why: 'its name' };
  if (content.test(name) && !delicate && !aboutSomebody(table)) {
    const sold = holds.filter((kind) => kind === 'contact' || kind === 'location');
    return sold.length > 0
      ? { kind: 'listing', why: `its name, and it shows ${sold.join(' and ')} data` }
      : { kind: 'content', why: 'its name' };
  }
  // One row with the address of the business itself; with a tenant's id it is one row for each customer.
  if (
    (letterhead.test(name) || premises.test(name)) &&
    !tenancy &&
    holds.includes('contact') &&
    holds.every((kind) => kind === 'contact' || kind === 'location')
  )
    return { kind: 'listing', why: 'its name, and it shows how to reach the business' };
  if (!tenancy && holds.every((kind) => kind === 'money') && isCatalogue(table))
    return { kind: 'content', why: 'it is a catalogue, with pictures and prices' };
  return ofRows(table, tenancy, holds);
}

const picture = /^(?:\w+_)?(?:image|photo|picture|thumbnail|imagem|foto)(?:_?url)?s?$/i;
const listPrice = /^(?:\w+_)?(?:price|preco|preço|precio)$/i;

/** Things with a name, a picture and a price that belong to nobody. */
function isCatalogue(table: Named): boolean {
  const columns = [...table.columns.keys()];
  return (
    columns.some((name) => picture.test(name)) &&
    columns.some((name) => listPrice.test(name)) &&
    !aboutSomebody(table) &&
    !columns.some((name) => linkColumn.test(name) || isOwnerColumn(name))
  );
}

const price = /^(?:\w+_)?(?:price|fee|rate|preco|preço|precio|valor)$/i;

/** True for what is offered to whoever asks, with its price: rows of it are about nobody. */
export function isPriceList(table: Named): boolean {
  const columns = [...table.columns.keys()];
  return (
    content.test(table.name) &&
    columns.some((name) => price.test(name)) &&
    !aboutSomebody(table) &&
    !columns.some((name) => linkColumn.test(name) || isOwnerColumn(name) || /mail|phone|birth|^(?:patient|client|customer)_/i.test(name))
  );
}

const aboutSomebody = (table: Named): boolean =>
  [...table.columns.values()].some(({ references }) => references !== undefined && people.test(references));

function ofRows(table: Named, tenancy: Pick<Tenancy, 'why'> | undefined, holds: readonly string[]): Nature {
  // Coordinates alone are a map, not a person.
  if (holds.some((kind) => kind !== 'location')) return { kind: 'private', why: `it holds ${holds.join(', ')} data` };
  if (tenancy) return { kind: 'private', why: tenancy.why };
  const link = [...table.columns.values()].find(
    ({ name, references }) =>
      references !== undefined &&
      !isAuthorColumn(name) &&
      !isRoleColumn(name) &&
      personal.test(references) &&
      !content.test(references.replace(/^.*\./, '')),
  );
  const named = [...table.columns.keys()].find((column) => linkColumn.test(column));
  if (named !== undefined && !link) return { kind: 'private', why: `its column ${named}` };
  if (link) return { kind: 'private', why: `${link.name} refers to ${link.references}` };
  return personal.test(table.name) ? { kind: 'private', why: 'its name' } : { kind: 'reference', why: 'nothing in it belongs to anybody' };
}
