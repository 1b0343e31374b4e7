import { describe, expect, it } from 'vitest';
import { routesOf } from '../routes/fixture.ts';

const app = (body: string) =>
  routesOf({
    'models.js': `import { DataTypes, Model, Op, Sequelize } from 'sequelize';
      const sequelize = new Sequelize(process.env.DATABASE_URL);
      class Base extends Model { static byId(id) { return this.findByPk(id); } }
      export class Order extends Base {}
      export class ApiKey extends Model { static findByToken(token) { return this.findOne({ where: { [Op.or]: [{ secret: token }, { hash: token }] }, rejectOnEmpty: true }); } }
      export const Invoice = sequelize.define('invoices', { total: DataTypes.INTEGER });`,
    'app.js': `import express from 'express'; import { Op } from 'sequelize'; import jwt from 'jsonwebtoken'; import { ApiKey, Invoice, Order } from './models.js'; const app = express();
      const who = (req) => jwt.verify(req.headers.authorization, process.env.SECRET);
      ${body} app.listen(1);`,
  });
const data = (routes: Awaited<ReturnType<typeof app>>, id: string) =>
  routes[id]?.data.map(({ name, operation, scope, auth }) => `${operation} ${name} ${scope} ${auth}`);

describe('Sequelize', () => {
  it('reads classes, inherited statics and defined models', async () => {
    const routes = await app(`
      app.get('/orders', async (req, res) => res.json(await Order.unscoped().findAll({ where: { status: 'open' } })));
      app.get('/orders/:id', async (req, res) => res.json(await Order.findOne({ where: { id: req.params.id, userId: who(req).id } })));
      app.put('/invoices', async (req, res) => res.json(await Invoice.update(req.body, { where: { id: req.query.id } })));`);
    expect(data(routes, 'GET /orders')).toEqual(['read Order none none']);
    expect(data(routes, 'GET /orders/:id')).toEqual(['read Order owner identity']);
    expect(data(routes, 'PUT /invoices')).toEqual(['update invoices none none']);
    expect(routes['PUT /invoices']?.data[0]?.wholeInput).toBe('body');
  });

  it('takes a choice of credentials for one, and a choice of others for none', async () => {
    const routes = await app(`
      app.get('/key', async (req, res) => { await ApiKey.findByToken(req.headers['x-api-key']); res.json(await Order.findAll()); });
      app.get('/either', async (req, res) => { const key = await ApiKey.findOne({ where: { [Op.or]: [{ secret: req.query.key }, { name: req.query.name }] } }); if (!key) return res.status(401).end(); res.json(await Order.findAll()); });
      app.get('/mine', async (req, res) => { const { id } = who(req); res.json(await Order.findAll({ where: { [Op.or]: [{ ownerId: id }, { userId: id }] } })); });`);
    expect(routes['GET /key']?.auth).toBe('identity');
    expect(routes['GET /either']?.auth).toBe('none');
    expect(data(routes, 'GET /mine')).toEqual(['read Order owner identity']);
  });
});

describe('rows that write themselves back', () => {
  it('are writes, tied as finding them was', async () => {
    const routes = await app(`
      app.put('/open/:id', async (req, res) => { const order = await Order.findByPk(req.params.id); await order.update(req.body); res.json(order); });
      app.delete('/mine/:id', async (req, res) => { const order = await Order.findOne({ where: { id: req.params.id, userId: who(req).id } }); if (!order) return res.status(404).end(); await order.destroy(); res.json({}); });
      app.delete('/checked/:id', async (req, res) => { const user = who(req); const order = await Order.findByPk(req.params.id); if (order.ownerId !== user.id) return res.status(403).end(); await order.destroy(); res.json({}); });`);
    expect(data(routes, 'PUT /open/:id')).toEqual(['read Order none none', 'update Order none none']);
    expect(routes['PUT /open/:id']?.data[1]?.wholeInput).toBe('body');
    expect(data(routes, 'DELETE /mine/:id')?.at(-1)).toMatch(/^delete Order owner/);
    expect(data(routes, 'DELETE /checked/:id')?.at(-1)).toBe('delete Order tenant tenant');
  });
});
