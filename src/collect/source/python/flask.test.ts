import { describe, expect, it } from 'vitest';
import { pythonOf, routesOf } from './fixture.ts';

const app = (body: string): Record<string, string> => ({
  'app.py': `from flask import Blueprint, Flask, abort
from flask.views import MethodView
from flask_login import login_required
from flask_jwt_extended import jwt_required
app = Flask(__name__)
bp = Blueprint("bp", __name__, url_prefix="/own")
def token_required(f): ...
${body}`,
});

describe('Flask', () => {
  it.each([
    [
      'a decorator and its methods',
      '@app.route("/x/<int:id>/<path:rest>", methods=["GET", "POST"])\ndef f(): ...',
      ['GET /x/:id/:rest*', 'POST /x/:id/:rest*'],
    ],
    ['a decorator of one method', '@app.post("/x")\ndef f(): ...', ['POST /x']],
    ['a rule', 'def f(): ...\napp.add_url_rule("/x", "x", f, methods=["PUT"])', ['PUT /x']],
    ['a blueprint at its own prefix', '@bp.route("/x")\ndef f(): ...\napp.register_blueprint(bp)', ['GET /own/x']],
    ['a blueprint at another one', '@bp.route("/x")\ndef f(): ...\napp.register_blueprint(bp, url_prefix="/api")', ['GET /api/x']],
    [
      'views of classes, with what guards one method',
      `class Orders(MethodView):
    def get(self): ...
    @jwt_required()
    def delete(self): ...
app.add_url_rule("/orders", view_func=Orders.as_view("orders"))`,
      ['DELETE /orders identity', 'GET /orders'],
    ],
    [
      'guards',
      '@app.get("/a")\n@login_required\ndef f(): ...\n@app.get("/b")\n@jwt_required(optional=True)\ndef g(): ...\n@app.get("/c")\n@token_required\ndef h(): ...',
      ['GET /a identity', 'GET /b', 'GET /c identity'],
    ],
    // Above the route it does nothing: Flask keeps what stands below.
    ['a guard that comes too late as none', '@login_required\n@app.get("/a")\ndef f(): ...', ['GET /a']],
    [
      'flask-restful',
      'from flask_restful import Api, Resource\napi = Api(app, prefix="/v1")\nclass R(Resource):\n    def get(self): ...\napi.add_resource(R, "/r", "/r/<id>")',
      ['GET /v1/r', 'GET /v1/r/:id'],
    ],
    [
      'flask-restx',
      'from flask_restx import Api, Namespace, Resource\napi = Api(app)\nns = Namespace("things")\n@ns.route("/<int:id>")\nclass R(Resource):\n    def put(self, id): ...\napi.add_namespace(ns)',
      ['PUT /things/:id'],
    ],
  ])('reads %s', async (_, body, expected) => expect(await routesOf(app(body))).toEqual(expected));

  it('names a GET that is a deed, and not one that notes that it was seen', async () => {
    const { routes } = await pythonOf(
      app(`
@app.get("/tasks/<id>/complete")
def done(id):
    task = find(id); task.done = True; db.session.commit()
    return redirect("/")
@app.get("/tasks/<id>/remove-it")
def gone(id):
    db.session.delete(find(id))
@app.get("/tasks/<id>")
def show(id):
    task = find(id); task.seen += 1; db.session.commit()
    return render_template("task.html")`),
    );
    expect(routes.filter(({ changesOnGet }) => changesOnGet).map(({ path }) => path)).toEqual([
      '/tasks/:id/complete',
      '/tasks/:id/remove-it',
    ]);
  });

  it('knows the description that Connexion serves', async () => {
    const { served } = await pythonOf({ 'app.py': 'import connexion\napp = connexion.App(__name__)\napp.add_api("openapi3.yml")' });
    expect([...served]).toEqual(['openapi3.yml']);
  });
});
