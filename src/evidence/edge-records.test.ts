import { expect, it } from 'vitest';
import { ownEdgeOf } from './edge-records.ts';

it.each([
  ['acme.lovable.app.', 'Lovable'],
  ['185.158.133.1', 'Lovable'],
  ['CNAME.vercel-dns.com', 'Vercel'],
  ['a1b2.vercel-dns-017.com', 'Vercel'],
  ['76.76.21.98', 'Vercel'],
  ['216.198.79.65', 'Vercel'],
  ['acme.netlify.app', 'Netlify'],
  ['99.83.231.61', 'Netlify'],
  ['34.111.179.208', 'Replit'],
  ['sites.framer.app', 'Framer'],
  ['cdn.webflow.com', 'Webflow'],
  ['acme.onrender.com', undefined],
  ['76.76.22.1', undefined],
  ['76.76.20.255', undefined],
  ['192.0.2.7', undefined],
  ['2001:db8::1', undefined],
  ['notlovable.app', undefined],
  ['', undefined],
])('%s has the edge of %s', (content, name) => {
  expect(ownEdgeOf({ content })).toBe(name);
});
