import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Router } from 'express';
import { config } from '../../config.ts';
import { db } from '../../db.ts';
import { sendStoredFile, storeFile } from '../../files.ts';
import * as input from '../../input.ts';
import { requireCsrf } from '../../middleware/csrf.ts';
import { notFound } from '../../middleware/errors.ts';
import { requireRole, requireUser } from '../../middleware/guards.ts';
import { receiveUpload } from '../../middleware/upload.ts';
import type { StoredFile } from '../../records.ts';
import { onlyOwn } from '../../request.ts';

export const fileApi = Router();

const member = requireRole('owner', 'staff', 'client');

fileApi.use(requireUser);

fileApi.get('/', member, async (req, res) => {
  const { rows } = await db.query<StoredFile>(
    `select f.id, f.case_id, f.name, f.media_type, f.size_bytes, f.created_at
     from files f join cases c on c.id = f.case_id
     where f.organisation_id = $1 and ($2::uuid is null or c.client_id = $2)
     order by f.created_at`,
    [req.user.organisationId, onlyOwn(req.user)],
  );
  res.json({ data: rows });
});

fileApi.post('/', member, receiveUpload, requireCsrf, async (req, res) => {
  const { rows } = await db.query<{ id: string }>(
    'select id from cases where id = $1 and organisation_id = $2 and ($3::uuid is null or client_id = $3)',
    [input.uuid(req.body?.case_id), req.user.organisationId, onlyOwn(req.user)],
  );
  const id = await storeFile(req.user, (rows[0] ?? notFound()).id, req.upload!);
  res.status(201).location(`/api/files/${id}`).json({ id });
});

fileApi.get('/:id', member, async (req, res) => {
  const { rows } = await db.query<{ name: string; media_type: string; storage_key: string }>(
    `select f.name, f.media_type, f.storage_key
     from files f join cases c on c.id = f.case_id
     where f.id = $1 and f.organisation_id = $2 and ($3::uuid is null or c.client_id = $3)`,
    [input.uuid(req.params['id']), req.user.organisationId, onlyOwn(req.user)],
  );
  sendStoredFile(res, rows[0] ?? notFound());
});

fileApi.delete('/:id', requireRole('owner', 'staff'), requireCsrf, async (req, res) => {
  const { rows } = await db.query<{ storage_key: string }>(
    'delete from files where id = $1 and organisation_id = $2 returning storage_key',
    [input.uuid(req.params['id']), req.user.organisationId],
  );
  await rm(join(config.uploadDir, (rows[0] ?? notFound()).storage_key), { force: true });
  res.status(204).end();
});
