import { describe, expect, it } from 'vitest';
import { app, surfaceOf, told, toldOf } from './fixture.ts';

/** An app with one button, shown as `jsx` says, after `before`. */
const button = (jsx: string, before = 'const { role, isAdmin, user } = useAuth();'): string[] =>
  toldOf(`export default function App() { ${before} return <main>${jsx}</main>; }`);
const onlyAdmin = ['admin: delete invoices'];

describe('a part of the screen that is for a role', () => {
  it.each([
    ['{isAdmin && <button onClick={remove} />}'],
    ["{role === 'admin' && <button onClick={() => remove()} />}"],
    ["{user?.role === 'admin' ? <button onClick={remove} /> : null}"],
    ["{user.role !== 'admin' ? null : <button onClick={remove} />}"],
    ["{!(role !== 'admin') && <button onClick={remove} />}"],
    ["{['admin'].includes(role) && <button onClick={remove} />}"],
    ["{user.roles.includes('admin') && <button onClick={remove} />}"],
    ["{user.roles.some((one) => one.name === 'admin') && <button onClick={remove} />}"],
    ["{role.toLowerCase() === 'admin' && user.active && <button onClick={remove} />}"],
    ['{user.isAdmin && <button onClick={remove} />}'],
    ['<button disabled={!isAdmin} onClick={remove} />'],
    ['<button disabled={busy || !isAdmin} onClick={remove} />'],
    ["{items.map((item) => role === 'admin' && <button onClick={() => remove(item)} />)}"],
    ['<Show when={isAdmin}><button onClick={remove} /></Show>'],
  ])('%s', (jsx) => {
    expect(button(jsx)).toEqual(onlyAdmin);
  });

  it.each([
    ['a constant', "const { role } = useAuth(); const allowed = role === 'admin';", '{allowed && <button onClick={remove} />}'],
    [
      'a memo',
      "const { role } = useAuth(); const allowed = useMemo(() => role === 'admin', [role]);",
      '{allowed && <button onClick={remove} />}',
    ],
    ['a function', "const { role } = useAuth(); const allowed = () => role === 'admin';", '{allowed() && <button onClick={remove} />}'],
    ['a hook of the role', 'const isAdmin = useIsAdmin();', '{isAdmin && <button onClick={remove} />}'],
    [
      'the profile that a query loads',
      "const { data: profile } = useQuery({ queryKey: ['profile', user.id], queryFn });",
      "{profile?.role === 'admin' && <button onClick={remove} />}",
    ],
    [
      'a state that the profile fills',
      "const [role, setRole] = useState(''); useEffect(() => { load().then(({ data }) => setRole(data.role)); });",
      "{role === 'admin' && <button onClick={remove} />}",
    ],
    ['an early return', "const { role } = useAuth(); if (role !== 'admin') return <p>No</p>;", '<button onClick={remove} />'],
    [
      'a redirect as soon as it stands',
      "const { role } = useAuth(); useEffect(() => { if (role !== 'admin') { navigate('/'); return; } }, []);",
      '<button onClick={remove} />',
    ],
    [
      'a handler that asks first',
      "const { role } = useAuth(); const click = async () => { if (role !== 'admin') return; await remove(); };",
      '<button onClick={click} />',
    ],
    [
      'a switch',
      "const { role } = useAuth(); const page = () => { switch (role) { case 'admin': return <button onClick={remove} />; default: return null; } };",
      '{page()}',
    ],
    [
      'a list of actions',
      "const { role } = useAuth(); const actions = [...(role === 'admin' ? [{ onClick: remove }] : [])];",
      '<Menu items={actions} />',
    ],
    ['a query that is switched on', 'const { isAdmin } = useAuth(); useQuery({ enabled: isAdmin, queryFn: remove });', ''],
  ])('known by %s', (_, before, jsx) => {
    expect(button(jsx, before)).toEqual(onlyAdmin);
  });

  it.each([
    ['what is kept from customers', "{role !== 'client' && <button onClick={remove} />}", 'not client: delete invoices'],
    ['several roles', "{(role === 'owner' || role === 'staff') && <button onClick={remove} />}", 'owner+staff: delete invoices'],
    ['a list', "{['owner', 'staff'].includes(role) && <button onClick={remove} />}", 'owner+staff: delete invoices'],
    ['a permission', "{can('invoices', 'delete') && <button onClick={remove} />}", 'permission invoices delete: delete invoices'],
    ['a question', "{hasAnyRole(['owner', 'staff']) && <button onClick={remove} />}", 'owner+staff: delete invoices'],
    ['an enum', '{role === UserRole.OWNER && <button onClick={remove} />}', 'owner: delete invoices'],
  ])('%s', (_, jsx, expected) => {
    expect(button(jsx)).toEqual([expected]);
  });
});

describe('what is no gate', () => {
  it.each([
    ['somebody is signed in', '{user && <button onClick={remove} />}'],
    ['there is a role at all', '{role && <button onClick={remove} />}'],
    ['ordinary customers pass', "{role === 'client' && <button onClick={remove} />}"],
    ['a customer passes as well', "{['admin', 'client'].includes(role) && <button onClick={remove} />}"],
    ['everybody but administrators passes', '{!isAdmin && <button onClick={remove} />}'],
    ['either will do', '{(isAdmin || item.mine) && <button onClick={remove} />}'],
    ['it is the role of a row', "{members.map((member) => member.role === 'admin' && <button onClick={remove} />)}"],
    ['it is the role in a message', "{messages.map((message) => message.role === 'admin' && <button onClick={remove} />)}"],
    ['it is the user of a row', "{users.map((user) => user.role === 'admin' && <button onClick={remove} />)}"],
    ['it is about a page', '{isAdminArea && <button onClick={remove} />}'],
    ['it is loading', '{!loading && <button onClick={remove} />}'],
  ])('%s', (_, jsx) => {
    expect(button(jsx)).toEqual(['open delete invoices']);
  });

  it.each([
    [
      'the role that a form asks for',
      "const [role, setRole] = useState('client');",
      "<select value={role} />{role === 'admin' && <button onClick={remove} />}",
    ],
    ['the owner of a record', 'const isOwner = item.user_id === user.id;', '{isOwner && <button onClick={remove} />}'],
    ['a flag made of the address', "const isAdmin = pathname.startsWith('/admin');", '{isAdmin && <button onClick={remove} />}'],
    [
      'the person of the page',
      'const { id } = useParams(); const [user, setUser] = useState(null); const me = useAuth();',
      "{user.role === 'admin' && <button onClick={remove} />}",
    ],
    [
      'a permission of the device',
      'const [hasPermission, setHasPermission] = useState(null);',
      '{hasPermission && <button onClick={remove} />}',
    ],
  ])('%s', (_, before, jsx) => {
    expect(button(jsx, before)).toEqual(['open delete invoices']);
  });
});

describe('an access with two ways to it', () => {
  it('is open when one of them is', () => {
    expect(button('{isAdmin && <button onClick={remove} />}<button onClick={remove} />')).toEqual(['open delete invoices']);
  });

  it('is one for each line that makes it', () => {
    const found =
      toldOf(`export default function App() { const { isAdmin } = useAuth(); return <main>{isAdmin && <button onClick={remove} />}
      <button onClick={() => supabase.from('invoices').delete()} /></main>; }`);
    expect(found).toEqual(['admin: delete invoices', 'open delete invoices']);
  });

  it('names the nearest gate, and lists what a gate hides', () => {
    const surface = surfaceOf(
      app(`export default function App() { const { role } = useAuth(); if (role === 'client') return null;
        return <main><button onClick={() => supabase.rpc('report')} />{role === 'owner' && <button onClick={remove} />}</main>; }`),
    );
    expect(told(surface)).toEqual(['not client: call report', 'owner: delete invoices']);
    expect(surface.roleGates).toMatchObject([
      { what: "role === 'client'", reaches: ['call report'] },
      { what: "role === 'owner'", place: { file: 'src/App.tsx', line: 4 }, reaches: ['delete invoices'] },
    ]);
  });
});

describe('files that nothing loads', () => {
  it('do not count, and neither do those of a server or a test', () => {
    const others = {
      'src/old.tsx': "import { remove } from './db';\nexport const Old = () => <button onClick={remove} />;",
      'src/App.test.tsx': "import { remove } from './db';\nremove();",
      'server/index.ts': "supabase.from('users').delete();",
    };
    expect(
      toldOf('export default function App() { const { isAdmin } = useAuth(); return isAdmin && <button onClick={remove} />; }', others),
    ).toEqual(onlyAdmin);
  });

  it('an empty repo reaches nothing', () => {
    expect(surfaceOf({})).toEqual({ accesses: [], roleGates: [], gaps: [] });
    expect(surfaceOf({ 'package.json': '{}', 'src/server.ts': "import express from 'express';" }).accesses).toEqual([]);
  });
});
