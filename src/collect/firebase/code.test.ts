import { describe, expect, it } from 'vitest';
import { readWrites } from './code.ts';

const read = (source: string): Record<string, string[]> => {
  const found = new Map<string, Set<string>>();
  readWrites(source, found);
  return Object.fromEntries([...found].map(([name, fields]) => [name, [...fields]]));
};

describe('fields that the code writes', () => {
  it.each<[string, Record<string, string[]>]>([
    [
      'await addDoc(collection(db, "cases"), { title, clientId: user.uid, nested: { a: 1, b: [2] }, at: serverTimestamp() });',
      { cases: ['title', 'clientId', 'nested', 'at'] },
    ],
    ["setDoc(doc(db, 'orgs', orgId, 'members', uid), { role: 'client' })", { members: ['role'] }],
    ['updateDoc(doc(db, `users/${uid}/orders/${id}`), { "paid": true, ...rest })', { orders: ['paid'] }],
    ["db.collection('users').doc(user.uid).set({ email, phone: '+49, 30' })", { users: ['email', 'phone'] }],
    ["firestore().collection('logs').add({ text: `a ${b} }` })", { logs: ['text'] }],
    ["set(ref(db, 'chats/' + id), { from: uid, /* why, */ text })", { chats: ['from', 'text'] }],
    ['collection(db, name)', {}],
    ['addDoc(collection(db, "x"), data)', {}],
    [`addDoc(collection(db, "x"), {${'{'.repeat(5000)}`, {}],
  ])('%s', (source, expected) => expect(read(source)).toEqual(expected));
});
