import { describe, expect, it } from 'vitest';
import { surfaceOf, app, toldOf } from './fixture.ts';

const page = `import { Guard } from './Guard';\nconst Page = () => <button onClick={remove} />;`;
/** An app whose only page stands in a guard of this kind, used like this. */
const guarded = (guard: string, use: string): string[] =>
  toldOf(`${page}\nexport default function App() { return ${use}; }`, { 'src/Guard.tsx': `import { useAuth } from './auth';\n${guard}` });

const byProp = `export const Guard = ({ children, roles }) => {
  const { user, role } = useAuth();
  if (!user) return <Navigate to="/login" />;
  if (roles && (!role || !roles.includes(role))) return <Navigate to="/" />;
  return <>{children}</>;
};`;
const always = 'export function Guard({ children }) { const { isAdmin } = useAuth(); return isAdmin ? children : <p>No</p>; }';

describe('a component that guards what it is given', () => {
  it.each([
    ['by the roles it is given', byProp, '<Guard roles={["owner"]}><Page /></Guard>', 'owner: delete invoices'],
    ['by several', byProp, '<Guard roles={["owner", "staff"]}><Page /></Guard>', 'owner+staff: delete invoices'],
    ['always', always, '<Guard><Page /></Guard>', 'admin: delete invoices'],
    ['further in', always, '<Guard><section><Card><Page /></Card></section></Guard>', 'admin: delete invoices'],
    [
      'within another one',
      'const Inner = ({ children }) => { const { isAdmin } = useAuth(); return isAdmin && children; };\nexport const Guard = ({ children }) => <Inner><main>{children}</main></Inner>;',
      '<Guard><Page /></Guard>',
      'admin: delete invoices',
    ],
    [
      'by a flag',
      'export const Guard = ({ children, adminOnly }) => { const { isAdmin } = useAuth(); if (adminOnly && !isAdmin) return null; return children; };',
      '<Guard adminOnly><Page /></Guard>',
      'admin: delete invoices',
    ],
    [
      'by one role',
      'export const Guard = ({ children, requiredRole }) => { const { user } = useAuth(); const allowed = !requiredRole || user.role === requiredRole; return allowed ? children : null; };',
      '<Guard requiredRole="owner"><Page /></Guard>',
      'owner: delete invoices',
    ],
    [
      'by a list it looks through',
      'export const Guard = ({ children, allowed, roles }) => { const { userRole } = useAuth(); if (!roles || roles.length === 0) return children; return roles.includes(userRole) ? children : null; };',
      '<Guard roles={["owner"]}><Page /></Guard>',
      'owner: delete invoices',
    ],
    [
      'through props',
      "export const Guard = (props) => { const { role } = useAuth(); return role === 'admin' ? props.children : null; };",
      '<Guard><Page /></Guard>',
      'admin: delete invoices',
    ],
    [
      'what a property holds',
      'export const Guard = ({ component: Component }) => { const { isAdmin } = useAuth(); return isAdmin ? <Component /> : null; };',
      '<Guard component={Page} />',
      'admin: delete invoices',
    ],
  ])('%s', (_, guard, use, expected) => {
    expect(guarded(guard, use)).toEqual([expected]);
  });

  it.each([
    ['it is given no role', byProp, '<Guard><Page /></Guard>'],
    ['it is given the role of customers', byProp, '<Guard roles={["client"]}><Page /></Guard>'],
    ['it is given roles that cannot be told', byProp, '<Guard roles={item.roles}><Page /></Guard>'],
    [
      'the flag is off',
      'export const Guard = ({ children, adminOnly }) => { const { isAdmin } = useAuth(); if (adminOnly && !isAdmin) return null; return children; };',
      '<Guard adminOnly={false}><Page /></Guard>',
    ],
    [
      'it asks who is signed in only',
      'export const Guard = ({ children }) => { const { user } = useAuth(); return user ? children : null; };',
      '<Guard><Page /></Guard>',
    ],
    [
      'it shows it in any case',
      'export const Guard = ({ children }) => { const { isAdmin } = useAuth(); return <>{isAdmin && <p>{children}</p>}{children}</>; };',
      '<Guard><Page /></Guard>',
    ],
    [
      'it shows something else to administrators',
      'export const Guard = ({ children }) => { const { isAdmin } = useAuth(); return <>{isAdmin && <Bar />}{children}</>; };',
      '<Guard><Page /></Guard>',
    ],
    ['it is a package', '', '<Other roles={["owner"]}><Page /></Other>'],
  ])('guards nothing where %s', (_, guard, use) => {
    expect(guarded(guard, use)).toEqual(['open delete invoices']);
  });

  it('is named where it is given the roles', () => {
    const surface = surfaceOf(
      app(`${page}\nexport default function App() {\n  return <Guard roles={["owner"]}><Page /></Guard>;\n}`, {
        'src/Guard.tsx': `import { useAuth } from './auth';\n${byProp}`,
      }),
    );
    expect(surface.roleGates).toMatchObject([
      { what: '<Guard roles={["owner"]}>', place: { file: 'src/App.tsx', line: 6 }, roles: ['owner'] },
    ]);
  });
});

describe('routes', () => {
  it.each([
    ['an element', '<Route path="/a" element={<Guard roles={["owner"]}><Page /></Guard>} />'],
    [
      'routes within a guarded layout',
      '<Route element={<Guard roles={["owner"]}><Layout /></Guard>}><Route path="/a" element={<Page />} /></Route>',
    ],
    [
      'a layout within providers',
      '<Route element={<Providers><Guard roles={["owner"]}><Layout /></Guard></Providers>}><Route path="/a" element={<Page />} /></Route>',
    ],
    ['a lazy page', '<Route path="/a" element={<Guard roles={["owner"]}><Suspense><Late /></Suspense></Guard>} />'],
  ])('are guarded: %s', (_, route) => {
    const source = `import { Guard } from './Guard';\nimport { Providers } from './Providers';\nconst Page = () => <button onClick={remove} />;\nconst Late = lazy(() => import('./Late'));\nexport default () => <Routes>${route}</Routes>;`;
    const files = {
      'src/Guard.tsx': `import { useAuth } from './auth';\n${byProp}`,
      'src/Late.tsx': "import { remove } from './db';\nexport default function Late() { return <button onClick={remove} />; }",
      'src/Providers.tsx': 'export const Providers = ({ children }) => <Context>{children}</Context>;',
    };
    expect(toldOf(source, files)).toEqual(['owner: delete invoices']);
  });

  it('a guard that shows an outlet', () => {
    const outlet =
      "import { Outlet } from 'react-router-dom';\nexport const Guard = () => { const { isAdmin } = useAuth(); return isAdmin ? <Outlet /> : <Navigate to='/' />; };";
    expect(guarded(outlet, '<Routes><Route element={<Guard />}><Route path="/a" element={<Page />} /></Route></Routes>')).toEqual([
      'admin: delete invoices',
    ]);
  });
});
