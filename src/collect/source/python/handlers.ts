import { childrenOf } from './syntax.ts';
import { type CallValue, type ClassValue, lineage, memberOf, nameOf, textsOf, type Value } from './value.ts';

const verbs = ['get', 'post', 'put', 'patch', 'delete'];

/** What the classes of frameworks answer by themselves, by the last part of their name. */
const answered: Readonly<Record<string, readonly string[]>> = {
  TemplateView: ['GET'],
  RedirectView: ['GET'],
  ListView: ['GET'],
  DetailView: ['GET'],
  ArchiveIndexView: ['GET'],
  FormView: ['GET', 'POST'],
  CreateView: ['GET', 'POST'],
  UpdateView: ['GET', 'POST'],
  DeleteView: ['GET', 'POST'],
  LoginView: ['GET', 'POST'],
  LogoutView: ['POST'],
  PasswordChangeView: ['GET', 'POST'],
  PasswordChangeDoneView: ['GET'],
  PasswordResetView: ['GET', 'POST'],
  PasswordResetDoneView: ['GET'],
  PasswordResetConfirmView: ['GET', 'POST'],
  PasswordResetCompleteView: ['GET'],
  ListAPIView: ['GET'],
  RetrieveAPIView: ['GET'],
  CreateAPIView: ['POST'],
  UpdateAPIView: ['PUT', 'PATCH'],
  DestroyAPIView: ['DELETE'],
  ListCreateAPIView: ['GET', 'POST'],
  RetrieveUpdateAPIView: ['GET', 'PUT', 'PATCH'],
  RetrieveDestroyAPIView: ['GET', 'DELETE'],
  RetrieveUpdateDestroyAPIView: ['GET', 'PUT', 'PATCH', 'DELETE'],
  TokenObtainPairView: ['POST'],
  TokenRefreshView: ['POST'],
  TokenVerifyView: ['POST'],
  TokenBlacklistView: ['POST'],
  ObtainAuthToken: ['POST'],
  SpectacularAPIView: ['GET'],
  SpectacularSwaggerView: ['GET'],
  SpectacularRedocView: ['GET'],
  GraphQLView: ['GET', 'POST'],
};

const lastOf = (name: string): string => name.replace(/\(\)$/, '').split('.').at(-1) ?? '';

/** The methods a class answers: those it defines, and those of what it is derived from. */
export function methodsOfClass(type: Value): string[] {
  const found = new Set<string>();
  for (const one of lineage(type)) {
    if (one.kind === 'class') for (const verb of verbs) if (one.members.has(verb)) found.add(verb.toUpperCase());
    for (const method of answered[lastOf(nameOf(one))] ?? []) found.add(method);
  }
  const only = type.kind === 'class' ? allowed(type) : undefined;
  return [...found].filter((method) => only?.includes(method) ?? true);
}

/** What stands before one method of a class. */
export function decoratorsOf(type: Value | undefined, method: string): readonly Value[] {
  const member = type?.kind === 'class' ? memberOf(type, method.toLowerCase()) : undefined;
  return member?.kind === 'function' ? member.decorators : [];
}

/** `http_method_names = ['get', 'post']`. */
export function allowed(type: ClassValue): string[] | undefined {
  for (const one of lineage(type)) {
    const names = one.kind === 'class' ? one.members.get('http_method_names') : undefined;
    if (names?.kind === 'list') return textsOf(names).map((name) => name.toUpperCase());
  }
  return undefined;
}

/** Which methods a view function of Django answers: by its decorators, else by what it asks of the request. */
export function methodsOfFunction(value: Extract<Value, { kind: 'function' }>): string[] {
  for (const by of value.decorators) {
    const name = lastOf(nameOf(by));
    const list = by.kind === 'call' ? textsOf(by.args[0] ?? by.named.get('http_method_names') ?? by.named.get('request_method_list')) : [];
    if (name === 'api_view') return list.length > 0 ? list.map((one) => one.toUpperCase()) : ['GET'];
    if (name === 'require_http_methods' && list.length > 0) return list.map((one) => one.toUpperCase()).filter((one) => one !== 'HEAD');
    if (name === 'require_POST') return ['POST'];
    if (name === 'require_GET' || name === 'require_safe') return ['GET'];
  }
  const body = value.node.getChild('Body');
  const text = body ? value.module.text.slice(body.from, body.to) : '';
  // `if request.method != "POST": return refusal`, at the very start.
  const first = body ? childrenOf(body).find(({ name }) => name === 'IfStatement' || name === 'AssignStatement') : undefined;
  const start = first ? value.module.text.slice(first.from, first.to) : '';
  if (/^if\s+(?:not\s+)?\w+\.method\s*!=\s*['"]POST['"]\s*:\s*(?:return|raise)\b(?![^\n]*\brender\b)/.test(start)) return ['POST'];
  const further = ['POST', 'PUT', 'PATCH', 'DELETE'].filter((verb) => new RegExp(`\\.method\\b[^\\n]*['"]${verb}['"]`).test(text));
  return ['GET', ...new Set([...further, ...(/\brequest\.(?:POST|FILES)\b/.test(text) ? ['POST'] : [])])];
}

/** Calls that store or remove something, as the usual libraries for data have them. */
const stores =
  /\.save\(\s*(?:\)|\w+\s*=)|\.(?:bulk_create|bulk_update|get_or_create|update_or_create|commit)\(|\bsession\.(?:add|merge)\(|\bobjects\b[^\n]*\.(?:create|update)\(/;
const removes = /\b(?:session|db)\.delete\(|\.delete\(\s*\)/;
const leadsAway = /\b(?:redirect|RedirectResponse|HttpResponseRedirect)\(/;
const shows = /\b(?:render|render_template|jsonify|TemplateResponse|JsonResponse|HTMLResponse)\(/;

/**
 * Whether a function that answers only GETs is a deed: it removes something, or stores something and shows nothing but leads away. One that shows a
 * thing and notes that it was seen is none. What it calls is not looked into.
 */
export function isDeed(handler: Value | undefined): boolean {
  const body = handler?.kind === 'function' ? handler.node.getChild('Body') : undefined;
  if (handler?.kind !== 'function' || !body) return false;
  const text = handler.module.text.slice(body.from, body.to);
  return removes.test(text) || (stores.test(text) && leadsAway.test(text) && !shows.test(text));
}

/** The class behind `X.as_view()`. */
export const viewClass = (value: Value | undefined): Value | undefined =>
  value?.kind === 'call' && value.callee === 'as_view'
    ? value.args[0]
    : value?.kind === 'call' && /\.as_view$/.test(value.callee)
      ? { kind: 'external', name: value.callee.replace(/\.as_view$/, '') }
      : undefined;

/** What a call was given under a name, or at a place. */
export const given = ({ args, named }: CallValue, name: string, at: number): Value | undefined => named.get(name) ?? args[at];
