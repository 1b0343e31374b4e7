import type { JSXAttribute, JSXElement, Node } from 'oxc-parser';
import { addressOf } from './address.ts';
import type { Context, Props, Target } from './facts.ts';
import { formTo } from './forms.ts';
import { lookUp, type Scope, stringsOf } from './scope.ts';
import { bare, stringOf } from './syntax.ts';
import { type At, behind, type Walk } from './walk.ts';

const telling = /role|permission|admin|allow|require|access|scope|only/i;

/** Walks an element: the component it names, what it is given, and what stands in it behind the component or behind a switch. */
export function visitElement(walk: Walk, element: JSXElement, at: At): void {
  const { openingElement: opening, children } = element;
  const { target, name } = componentOf(opening.name, at.scope);
  const attributes = attributesOf(element);
  if (/^(?:Outlet|Slot)$/.test(name)) at.unit.slots.push(at.within);
  if (target) walk.use(target, at);
  else if (opening.name.type === 'JSXIdentifier') walk.visit(opening.name, at);
  if (/^(?:form|Form)$/.test(name)) askForm(walk, element, attributes, at);

  let inside: At = target ? { ...at, within: wrap(walk, at.within, { target, element }, at.scope) } : at;
  // `disabled={role !== 'owner'}` keeps the element's handlers from everybody else.
  for (const item of attributes) {
    const expression = expressionOf(item);
    if (expression && /^(?:disabled|hidden|isDisabled|readOnly)$/.test(nameOf(item)))
      inside = behind(walk, inside, walk.test(expression, at.scope).whenFalse, expression);
    if (expression && /^(?:visible|show|isVisible|when|v-if)$/.test(nameOf(item)))
      inside = behind(walk, inside, walk.test(expression, at.scope).whenTrue, expression);
  }
  for (const item of opening.attributes) {
    if (item.type === 'JSXSpreadAttribute') walk.visit(item.argument, inside);
    else if (item.value) walk.visit(item.value, inside);
  }
  // `<Route element={<ProtectedRoute roles={…}><Layout/></ProtectedRoute>}>`: what stands in the route is shown within it.
  const route = attributes.find((item) => nameOf(item) === 'element');
  const shown = route && expressionOf(route);
  const within = shown && children.length > 0 ? wrapAll(walk, inside.within, bare(shown), at.scope) : inside.within;
  for (const child of children) walk.visit(child, within === inside.within ? inside : { ...inside, within });
}

function componentOf(name: Node, scope: Scope): { target: Target | undefined; name: string } {
  if (name.type === 'JSXMemberExpression') {
    const binding = name.object.type === 'JSXIdentifier' ? lookUp(scope, name.object.name) : undefined;
    const member = name.property.name;
    return { target: binding?.kind === 'unit' || binding?.kind === 'import' ? { ...binding.target, member } : undefined, name: member };
  }
  if (name.type !== 'JSXIdentifier') return { target: undefined, name: '' };
  const binding = /^[A-Z]/.test(name.name) ? lookUp(scope, name.name) : undefined;
  return { target: binding?.kind === 'unit' || binding?.kind === 'import' ? binding.target : undefined, name: name.name };
}

const nameOf = (attribute: JSXAttribute): string => (attribute.name.type === 'JSXIdentifier' ? attribute.name.name : '');

const expressionOf = ({ value }: JSXAttribute): Node | undefined =>
  value?.type === 'JSXExpressionContainer' && value.expression.type !== 'JSXEmptyExpression' ? value.expression : undefined;

const wrap = (
  walk: Walk,
  outer: Context | undefined,
  { target, element }: { target: Target; element: JSXElement },
  scope: Scope,
): Context => ({
  wrapper: target,
  props: propsOf(element, scope),
  tag: { place: walk.module.placeOf(element), what: walk.module.snippet(element.openingElement, 120) },
  outer,
});

const attributesOf = ({ openingElement }: JSXElement): JSXAttribute[] =>
  openingElement.attributes.filter((item): item is JSXAttribute => item.type === 'JSXAttribute');

function propsOf(element: JSXElement, scope: Scope): Props {
  const props = new Map<string, readonly string[] | true | undefined>();
  for (const item of attributesOf(element)) {
    const name = nameOf(item);
    if (!telling.test(name)) continue;
    const expression = expressionOf(item);
    const plain = expression && bare(expression);
    if (!item.value || (plain?.type === 'Literal' && plain.value === true)) props.set(name, true);
    else if (plain?.type === 'Literal' && (plain.value === false || plain.value === null)) continue;
    else props.set(name, plain ? stringsOf(plain, scope) : item.value.type === 'Literal' ? [String(item.value.value)] : undefined);
  }
  return props;
}

// The elements around the innermost one, as long as each holds the next.
function wrapAll(walk: Walk, outer: Context | undefined, node: Node, scope: Scope): Context | undefined {
  if (node.type !== 'JSXElement') return outer;
  const { target } = componentOf(node.openingElement.name, scope);
  const here = target ? wrap(walk, outer, { target, element: node }, scope) : outer;
  const inside = node.children.filter((child) => child.type === 'JSXElement');
  return inside.length === 1 && inside[0] ? wrapAll(walk, here, inside[0], scope) : here;
}

function askForm(walk: Walk, element: JSXElement, attributes: readonly JSXAttribute[], at: At): void {
  const given = (name: string): Node | undefined => {
    const item = attributes.find((one) => nameOf(one).toLowerCase() === name);
    return item && (expressionOf(item) ?? item.value ?? undefined);
  };
  const action = given('action');
  const asked = action && formTo(addressOf(action, at.scope), (stringOf(given('method')) ?? 'get').toUpperCase());
  if (asked) walk.ask({ ...asked, place: walk.module.placeOf(element) }, at, true);
}
