import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cameWith } from './came-with.ts';

const since = Date.parse('2026-03-01T10:00:00.500Z');
const him = { account: { email: 'launch-ready-77@example.com', username: 'lr77aa00' }, ids: ['17'], since };
const now = '2026-03-01T10:00:00Z';
const before = '2026-02-28T10:00:00Z';

beforeEach(() => void vi.useFakeTimers({ now: since + 3_000 }));
afterEach(() => void vi.useRealTimers());

describe('whether a thing came with an account', () => {
  it.each<[string, string, unknown]>([
    ['names him as its owner', 'orgs', { id: 5, ownerId: 17, created_at: before }],
    ['names him as its owner, by his address', 'orgs', { id: 5, owner: { id: 3, email: 'launch-ready-77@example.com' } }],
    ['is a basket of his, wrapped', 'basket', { status: 'success', data: { id: 5, UserId: 17, Products: [] } }],
    ['bears his name', 'workspaces', { workspace: { id: 'w', name: "lr77aa00's workspace" } }],
    ['was made when he was signed up, and he owns it', 'teams', { id: 5, createdAt: since / 1_000 + 1, role: 'owner' }],
    ['is his profile', 'users', { id: 17, email: 'launch-ready-77@example.com', role: 'member' }],
  ])('it did: it %s', (_, collection, thing) => {
    expect(cameWith(thing, collection, him)).toBe(true);
  });

  it.each<[string, string, unknown]>([
    ['says nothing of that', 'orgs', { id: 5, name: 'Acme' }],
    ['lists him among its members', 'workspaces', { id: 5, name: 'EU', created_at: before, members: [{ user_id: 17, created_at: now }] }],
    ['tells of his membership', 'workspaces', { id: 5, name: 'EU', user_id: 17, role: 'member', created_at: now }],
    ['belongs to who invited him', 'orgs', { id: 5, owner_id: 3, created_at: before, max_users: 17 }],
    ['is a plan', 'plans', { id: 17, name: 'Free', seats: 17, created_at: before }],
    ['is his manager', 'users', { id: 3, email: 'boss@example.com', reports: [{ email: 'launch-ready-77@example.com' }] }],
    ['is the profile of another, whose id is his user id', 'profiles', { id: 17, email: 'x@example.com', created_at: before }],
    ['was made later', 'teams', { id: 5, created_at: '2026-03-01T10:00:09Z' }],
    ['cannot be read', 'teams', undefined],
  ])('nobody knows: it %s', (_, collection, thing) => {
    expect(cameWith(thing, collection, him)).toBe(false);
  });
});
