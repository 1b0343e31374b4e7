/**
 * Findings that a flaw really brings about in files it does not touch, each confirmed by reading the twin: they are consequences, not false alarms.
 */
export const accounted: readonly { readonly flaw: string; readonly check: string; readonly why: string }[] = [
  {
    flaw: 'next-middleware-skips-api',
    check: 'audit/unauthenticated-data-route',
    why: 'routes under /api that rely on the middleware alone are open once it lets /api through',
  },
  {
    flaw: 'rls-disabled-by-loop',
    check: 'audit/client-only-role-check',
    why: 'the role that the screen asks for was asked by the policies as well, until they were switched off',
  },
];
