import { Router } from 'express';
import { db } from '../db.ts';
import { sendStoredFile } from '../files.ts';
import * as input from '../input.ts';
import { notFound } from '../middleware/errors.ts';
import { requireRole, requireSession } from '../middleware/guards.ts';
import { onlyOwn } from '../request.ts';

export const fileRoutes = Router();

fileRoutes.get('/:id', requireSession, requireRole('owner', 'staff', 'client'), async (req, res) => {
  const { rows } = await db.query<{ name: string; media_type: string; storage_key: string }>(
    `select f.name, f.media_type, f.storage_key
     from files f join cases c on c.id = f.case_id
     where f.id = $1 and f.organisation_id = $2
       and ($3::uuid is null or c.client_id = $3)`,
    [input.uuid(req.params['id']), req.user.organisationId, onlyOwn(req.user)],
  );
  sendStoredFile(res, rows[0] ?? notFound());
});
