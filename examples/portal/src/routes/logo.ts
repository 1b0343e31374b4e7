import { Router } from 'express';
import { config } from '../config.ts';
import { db } from '../db.ts';
import { writeUpload } from '../files.ts';
import * as input from '../input.ts';
import { requireCsrf } from '../middleware/csrf.ts';
import { HttpError, notFound } from '../middleware/errors.ts';
import { requireRole, requireSession } from '../middleware/guards.ts';

export const logoRoutes = Router();

const MAX_BYTES = 512 * 1024;
const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp'];

logoRoutes.use(requireSession, requireCsrf);

/** Only HTTPS addresses of hosts the operator has listed: the server must not be talked into calling others. */
function logoUrl(body: Record<string, unknown> | undefined): URL {
  const value = input.text(body, 'url', 2000);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'https:' || !config.logoHosts.includes(url.hostname)) {
    throw new HttpError(422, `A logo can be imported from ${config.logoHosts.join(', ') || 'no other site'} only`);
  }
  return url;
}

logoRoutes.post('/import', requireRole('owner'), async (req, res) => {
  const url = logoUrl(req.body);
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5000) });
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  if (!response.ok || !IMAGE_TYPES.includes(type)) throw new HttpError(422, 'There is no PNG, JPEG or WebP image at this address');
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new HttpError(422, 'The logo is larger than 512 KB');
    chunks.push(chunk);
  }
  const key = await writeUpload(req.user.organisationId!, Buffer.concat(chunks));
  await db.query('update organisations set logo_key = $2, logo_type = $3 where id = $1', [req.user.organisationId, key, type]);
  res.redirect(303, '/settings?saved=1');
});

logoRoutes.get('/', async (req, res) => {
  const { rows } = await db.query<{ logo_key: string | null; logo_type: string }>(
    'select logo_key, logo_type from organisations where id = $1',
    [req.user.organisationId],
  );
  if (!rows[0]?.logo_key) notFound();
  res.type(rows[0].logo_type).sendFile(rows[0].logo_key, { root: config.uploadDir, cacheControl: false });
});
