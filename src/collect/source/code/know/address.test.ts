import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

/** Whether a handler with this body lets the request name the host of what it fetches. */
const chosenBy = async (body: string) =>
  (
    await nextRoute(`
    import { put } from '@vercel/blob'; import { v2 as cloudinary } from 'cloudinary';
    const api = 'https://api.example.com'; const call = (path) => { const url = path.startsWith('http') ? new URL(path) : new URL(api + path); url.searchParams.set('key', process.env.KEY); return fetch(url.toString()); };
    export async function POST(request, { params }) {
      const { id } = await params; const body = await request.json();
      ${body}
      return Response.json({});
    }`)
  ).effects.some(({ kind, fromInput }) => kind === 'fetch' && fromInput.includes('url'));

describe('the host of a fetched address', () => {
  it.each([
    ['stands before the caller’s part', 'await fetch(`https://api.example.com/orders/${id}`);'],
    [
      'is a row’s, before the caller’s part',
      'const region = lookup(); await fetch(`https://${region}.api.example.com/orders/${id}?q=${body.q}`);',
    ],
    ['stands in a constant', 'await fetch(`${api}/orders/${id}`);'],
    ['stands in a setting', 'await fetch(`${process.env.API_URL}/orders/${id}`);'],
    ['is kept by a URL', 'await fetch(new URL(`https://api.example.com/orders/${id}`));'],
    ['is kept by its text', 'const url = new URL(api + `/orders/${id}`); url.searchParams.set("q", body.q); await fetch(url.toString());'],
    ['is kept by its href', 'await fetch(new URL(`/orders/${id}`, api).href);'],
    ['is that of the base', 'await fetch(new URL(`/orders/${id}`, process.env.API_URL));'],
    ['is a helper’s, for all but whole addresses', 'await call(`/orders/${id}`);'],
    ['is the app’s own', 'const base = request.url.split("/api/")[0]; await fetch(`${base}/api/orders`);'],
    ['is that of the app’s own URL', 'await fetch(new URL("/api/orders", request.url));'],
    ['is the blob store’s', 'const blob = await put(`files/${body.name}`, body.file, { access: "public" }); await fetch(blob.url);'],
    ['is the image store’s', 'const image = await cloudinary.uploader.upload(body.file); await fetch(image.secure_url);'],
  ])('%s', async (_, body) => {
    expect(await chosenBy(body)).toBe(false);
  });

  it.each([
    ['the whole address', 'await fetch(body.url);'],
    ['a URL of it', 'const url = new URL(body.url); url.pathname = "/x"; await fetch(url.toString());'],
    ['its beginning', 'await fetch(`${body.url}/orders`);'],
    ['its host', 'await fetch(`https://${body.host}/orders`);'],
    ['the beginning of its host', 'await fetch(`https://${body.region}.api.example.com/orders`);'],
    ['the end of its host', 'await fetch(`https://api.${body.domain}/orders`);'],
    ['its host in a URL', 'await fetch(new URL(`https://${body.host}/orders`));'],
    ['its base', 'await fetch(new URL("/orders", body.url).href);'],
    ['an address on a base, which it may leave', 'await fetch(new URL(body.path, api));'],
    ['an address behind two slashes', 'await fetch(new URL(`//${body.host}/orders`, api));'],
    ['a whole address for a helper', 'await call(body.url);'],
    ['one of two', 'await fetch(body.own ? `${api}/orders` : body.url);'],
  ])('is the caller’s where they name %s', async (_, body) => {
    expect(await chosenBy(body)).toBe(true);
  });
});
