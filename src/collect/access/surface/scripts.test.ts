import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSender, type Sender } from '../wire/sender.ts';
import { operationsInScripts, pathsInScripts } from './scripts.ts';

const files: Readonly<Record<string, string>> = {
  '/': '<!doctype html><html><head><script type="module" src="/assets/main.js"></script><script src="https://cdn.example/x.js"></script></head></html>',
  '/assets/main.js':
    'const a=this.host+"/rest/user/login";import("./late.js");get(`${h}/api/orders/${id}`);fetch("/api/reset-all");img="/assets/logo.png";e("/about")',
  '/assets/late.js': "axios.get('/api/invoices');",
};
const server = createServer((request, response) => {
  const text = files[request.url ?? ''];
  response.writeHead(text === undefined ? 404 : 200).end(text);
});
let sender: Sender;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sender = openSender({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: 50, userAgent: 'test' });
});
afterAll(async () => {
  await sender.close();
  server.close();
});

it('paths are read out of the scripts of an app of one page, those that are loaded later included', async () => {
  const paths = await pathsInScripts(sender);
  expect(paths.toSorted()).toEqual(['/about', '/api/invoices', '/api/orders/{id}', '/api/reset-all', '/rest/user/login']);
  expect(
    operationsInScripts(paths)
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(['GET /api/invoices', 'GET /api/orders/{id}', 'GET /rest/user/login']);
});
