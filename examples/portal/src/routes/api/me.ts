import { Router } from 'express';
import { db } from '../../db.ts';
import * as input from '../../input.ts';
import { requireCsrf } from '../../middleware/csrf.ts';
import { requireUser } from '../../middleware/guards.ts';

export const meApi = Router();

meApi.use(requireUser, requireCsrf);

meApi.get('/', (req, res) => {
  const { id, email, name, organisationId, organisationName, role } = req.user;
  res.json({ id, email, name, role, organisation: { id: organisationId, name: organisationName } });
});

meApi.patch('/', async (req, res) => {
  const { rows } = await db.query('update users set name = $2 where id = $1 returning id, email, name', [
    req.user.id,
    input.text(req.body, 'name', 120),
  ]);
  res.json(rows[0]);
});
