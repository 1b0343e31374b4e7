import { describe, expect, it } from 'vitest';
import { app, surfaceOf, toldOf } from './fixture.ts';

/** What one statement asks for. */
const asked = (statement: string, before = ''): string[] =>
  toldOf(`${before}\nexport default function App() { const click = async () => { ${statement}; }; return <a onClick={click} />; }`).map(
    (text) => text.replace(/^open /, ''),
  );

describe('calls that reach data', () => {
  it.each([
    ["supabase.from('orders').select('*').eq('id', id)", 'read orders'],
    ["await supabase.from('orders').insert({ a }).select().single()", 'add to orders'],
    ["supabase.from('orders').update({ a }).eq('id', id).then(() => done())", 'change orders'],
    ["supabase.from('orders').upsert(rows)", 'change orders'],
    ["supabase.schema('crm').from('orders').delete().in('id', ids)", 'delete orders'],
    ["(supabase as any).from('orders' as never).select()", 'read orders'],
    ['supabase.from(`orders`).select()', 'read orders'],
    ["supabase.rpc('close_month', { p })", 'call close_month'],
    ["supabase.functions.invoke('send-mail', { body })", 'call send-mail'],
    ["supabase.storage.from('files').upload(path, file)", 'add to files'],
    ["supabase.storage.from('files').remove([path])", 'delete files'],
    ["supabase.storage.from('files').createSignedUrl(path, 60)", 'read files'],
    ["deleteDoc(doc(db, 'orders', id))", 'delete orders'],
    ["getDocs(query(collection(db, 'orders'), where('a', '==', 1)))", 'read orders'],
    ["addDoc(collection(db, 'orders'), data)", 'add to orders'],
    ["updateDoc(doc(collection(db, 'orders'), id), data)", 'change orders'],
    ["firestore().collection('orders').doc(id).delete()", 'delete orders'],
    ["httpsCallable(functions, 'promote')({ id })", 'call promote'],
    ["fetch('/api/orders')", 'GET /api/orders'],
    ["fetch('/api/orders?status=open')", 'GET /api/orders'],
    ["fetch(`/api/orders/${id}`, { method: 'DELETE' })", 'DELETE /api/orders/:param'],
    ["fetch(`${API_URL}/orders/${id}`, { method: 'PATCH', body })", 'PATCH /orders/:param'],
    ["fetch('/api/orders/' + id + '/close', { method: 'post' })", 'POST /api/orders/:param/close'],
    ["fetch('/api/orders').then((answer) => answer.json())", 'GET /api/orders'],
    ['axios.put(`/api/orders/${id}`, data).then(done)', 'PUT /api/orders/:param'],
    ["axios({ method: 'delete', url: '/api/orders' })", 'DELETE /api/orders'],
    ['apiClient.delete<Order>(`/orders/${order.id}`)', 'DELETE /orders/:param'],
    ["await apiRequest('DELETE', `/api/orders/${id}`)", 'DELETE /api/orders/:param'],
    ["apiRequest('/api/orders', 'POST', data)", 'POST /api/orders'],
    ["useQuery({ queryKey: ['/api/orders', id] })", 'GET /api/orders'],
    ["useSWR('/api/orders', fetcher)", 'GET /api/orders'],
  ])('%s', (statement, expected) => {
    expect(asked(statement)).toEqual([expected]);
  });

  it.each([
    ["Array.from('orders').filter(Boolean)"],
    ["Buffer.from('orders')"],
    ['db.select().from(orders)'],
    ["supabase.from('orders')"],
    ["fetch('https://api.stripe.com/v1/charges')"],
    ['fetch(url)'],
    ["navigate('/orders')"],
    ["map.get('/orders')"],
    ["cache.delete('/orders')"],
    ["useQuery({ queryKey: ['/api/orders'], queryFn: load })"],
    ['supabase.auth.signOut()'],
  ])('is none: %s', (statement) => {
    expect(asked(statement)).toEqual([]);
  });

  it('knows names that are constants of the file', () => {
    expect(asked('supabase.from(TABLE).select()', "const TABLE = 'orders';")).toEqual(['read orders']);
    expect(asked('supabase.from(TABLES.orders).select()', "const TABLES = { orders: 'customer_orders' };")).toEqual([
      'read customer_orders',
    ]);
    expect(asked('axios.get(`${base}/orders`)', "const base = '/api/v1';")).toEqual(['GET /api/v1/orders']);
  });

  it('lists names that are worked out while the app runs', () => {
    const surface = surfaceOf(
      app(
        'export default function App() { return <a onClick={() => { supabase.from(table).delete(); supabase.from(other).select(); supabase.rpc(name); }} />; }',
      ),
    );
    expect(surface.accesses).toEqual([]);
    expect(surface.gaps.map(({ what, place }) => `${what} ${place?.line}`)).toEqual(['a table in src/App.tsx 3', 'rpc in src/App.tsx 3']);
  });

  it('sees both calls where one waits for the other', () => {
    expect(asked("supabase.from('a').delete().then(() => supabase.from('b').insert({}))")).toEqual(['add to b', 'delete a']);
  });
});
