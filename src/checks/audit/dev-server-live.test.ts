import { describe, expect, it } from 'vitest';
import type { Page } from '../../evidence/http.ts';
import { devServerLive } from './dev-server-live.ts';

const page = devServerLive.examples.fails[0]?.given.page as Page;

describe('audit/dev-server-live', () => {
  it('says nothing about this machine or about an error page', () => {
    expect([
      ...devServerLive.evaluate({ page: { ...page, local: true } }),
      ...devServerLive.evaluate({ page: { ...page, status: 502 } }),
    ]).toEqual([]);
  });
  it('names the server and what told', () => {
    expect([...devServerLive.evaluate({ page })]).toMatchObject([
      { message: expect.stringContaining('Vite development server') as string, proof: [{ text: '<script> loads /@vite/client' }] },
    ]);
  });
});
