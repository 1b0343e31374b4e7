import { describe, expect, it } from 'vitest';
import { pythonOf, routesOf } from './fixture.ts';

const security = `
from typing import Annotated
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
scheme = OAuth2PasswordBearer(tokenUrl="token")
async def load_user(token: str = Depends(scheme)):
    if token != "x":
        raise HTTPException(status_code=401)
CurrentUser = Annotated[dict, Depends(load_user)]
def staff(user: CurrentUser): return user
def require_admin(user: CurrentUser):
    if not user["admin"]:
        raise HTTPException(403)
def get_optional_user(): raise HTTPException(401)
def check_csrf(): raise HTTPException(403)
def get_db(): yield 1
`;

const app = (body: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  'backend/app/security.py': security,
  'backend/app/main.py': `from fastapi import APIRouter, Depends, FastAPI, Security\nfrom app.security import *\napp = FastAPI()\n${body}`,
  ...more,
});

describe('FastAPI', () => {
  it.each([
    [
      'a decorator, hidden from the description as well',
      '@app.get("/delivery/orders", include_in_schema=False)\ndef f(): ...',
      ['GET /delivery/orders'],
    ],
    ['parameters and what follows a path', '@app.get("/f/{id}/{rest:path}")\ndef f(): ...', ['GET /f/:id/:rest*']],
    ['several methods', '@app.api_route("/x", methods=["PUT", "post"])\ndef f(): ...', ['POST /x', 'PUT /x']],
    ['a call instead of a decorator', 'def f(): ...\napp.add_api_route("/x", f, methods=["DELETE"])', ['DELETE /x']],
    [
      'routers in routers, with what they ask for',
      `outer = APIRouter(prefix="/a", dependencies=[Depends(load_user)])
inner = APIRouter(prefix="/b")
@inner.get("")
def f(): ...
outer.include_router(inner, prefix="/c")
app.include_router(outer, prefix="/api")`,
      ['GET /api/a/c/b identity'],
    ],
    ['what is mounted below', 'sub = FastAPI()\n@sub.get("/x")\ndef f(): ...\napp.mount("/sub", sub)', ['GET /sub/x']],
    [
      'files',
      'from fastapi.staticfiles import StaticFiles\napp.mount("/static", StaticFiles(directory="static"))\napp.mount("/", StaticFiles(directory="dist"))',
      ['GET /static'],
    ],
    [
      'a parameter that depends on a guard',
      '@app.get("/x")\ndef f(a = Depends(get_db), user = Depends(load_user)): ...',
      ['GET /x identity'],
    ],
    ['an annotation that does', '@app.get("/x")\ndef f(user: CurrentUser): ...', ['GET /x identity']],
    ['one that does behind another', '@app.get("/x")\ndef f(user = Depends(staff)): ...', ['GET /x identity']],
    ['a role', '@app.get("/x", dependencies=[Security(require_admin)])\ndef f(): ...', ['GET /x role']],
    ['a scheme that asks only that something is sent', '@app.get("/x")\ndef f(t = Depends(scheme)): ...', ['GET /x presence']],
    [
      'what is no guard for sure',
      '@app.get("/x")\ndef f(a = Depends(get_optional_user), b = Depends(check_csrf), c = Depends(get_db)): ...',
      ['GET /x'],
    ],
    [
      'a loop over routers',
      'one, two = APIRouter(), APIRouter()\n@one.get("/1")\ndef f(): ...\n@two.get("/2")\ndef g(): ...\nfor r in [one, two]:\n    app.include_router(r)',
      ['GET /1', 'GET /2'],
    ],
    [
      'Starlette',
      'from starlette.routing import Mount, Route\nfrom starlette.applications import Starlette\ndef f(r): ...\nstar = Starlette(routes=[Route("/a", f, methods=["POST"]), Mount("/m", routes=[Route("/b", f)])])',
      ['GET /m/b', 'POST /a'],
    ],
  ])('reads %s', async (_, body, expected) => expect(await routesOf(app(body))).toEqual(expected));

  it('follows factories, settings and imports of other files', async () => {
    const files = {
      'api/core/config.py':
        'from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    prefix: str = "/v1"\nsettings = Settings()',
      'api/routes/__init__.py': '',
      'api/routes/orders.py':
        'from fastapi import APIRouter\nrouter = APIRouter(prefix=f"/orders")\n@router.get("/{id}")\ndef f(id: int): ...',
      'api/routes/all.py':
        'from fastapi import APIRouter\nfrom . import orders\nrouter = APIRouter()\nrouter.include_router(orders.router)',
      'api/main.py': `from fastapi import FastAPI
from core.config import settings
def create_app() -> FastAPI:
    app = FastAPI()
    add(app)
    return app
def add(app):
    from routes.all import router
    app.include_router(router, prefix=settings.prefix)`,
    };
    expect(await routesOf(files)).toEqual(['GET /v1/orders/:id']);
  });

  it('says what it cannot follow, and judges nothing by what it does', async () => {
    const { routes, gaps, unread } = await pythonOf(
      app(
        'lost = APIRouter()\n@lost.get("/lost")\ndef f(): ...\n@app.get(secret_path())\ndef g(): ...\napp.mount("/m", other())\n@app.get("/x")\ndef h(): ...',
      ),
    );
    expect(gaps.map(({ what }) => what)).toEqual(['an address', 'what is mounted at /m', 'router in backend/app/main.py']);
    expect(unread).toMatchObject([{ name: 'FastAPI', listed: 1 }]);
    expect(routes).toMatchObject([
      { id: 'GET /x', addressOnly: true, data: [], effects: [], unresolved: [{}], place: { file: 'backend/app/main.py' } },
    ]);
  });

  it('leaves tests, and repos without Python, alone', async () => {
    expect(await routesOf({ 'tests/app.py': 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/x")\ndef f(): ...' })).toEqual([]);
    expect(await pythonOf({ 'a.js': '' })).toMatchObject({ routes: [], gaps: [], unread: [] });
  });
});
