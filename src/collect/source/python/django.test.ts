import { describe, expect, it } from 'vitest';
import { regexOf } from './django.ts';
import { pythonOf, routesOf } from './fixture.ts';

const views = `
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, ListView, View
from rest_framework import viewsets
from rest_framework.decorators import action, api_view
from rest_framework.permissions import AllowAny, IsAuthenticated
def page(request): ...
def form(request):
    if request.method == "POST": ...
@require_POST
@login_required
def deed(request): ...
@api_view(["PATCH"])
def api(request): ...
class Listed(LoginRequiredMixin, ListView): ...
class Made(CreateView): ...
class Own(View):
    def delete(self, request): ...
class Orders(viewsets.ModelViewSet):
    permission_classes = [IsAuthenticated]
    @action(detail=True, methods=["post"], url_path="send-it")
    def send(self, request, pk=None): ...
class Reads(viewsets.ReadOnlyModelViewSet):
    permission_classes = [AllowAny]
    lookup_field = "slug"
`;

const project = (patterns: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  'server/config/settings.py': 'ROOT_URLCONF = "config.urls"\nLANGUAGE_CODE = "en-us"',
  'server/shop/views.py': views,
  'server/config/urls.py': `from django.conf import settings
from django.conf.urls import url
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter
from shop import views
from shop.views import *
${patterns}`,
  ...more,
});

describe('Django', () => {
  it.each([
    [
      'functions by what they ask of the request',
      'urlpatterns = [path("", views.page), path("f/<uuid:id>/", form), path("d/", deed), path("a", api)]',
      ['GET /', 'GET /f/:id/', 'PATCH /a', 'POST /d/ identity', 'POST /f/:id/'],
    ],
    [
      'classes',
      'urlpatterns = [path("l/", Listed.as_view()), path("m/", Made.as_view()), path("o/", login_required(Own.as_view()))]',
      ['DELETE /o/ identity', 'GET /l/ identity', 'GET /m/', 'POST /m/'],
    ],
    [
      'regular expressions',
      'urlpatterns = [url(r"^p/(?P<id>\\d+)/$", page), re_path(r"^q/([a-z]+)$", page)]',
      ['GET /p/:id/', 'GET /q/:p1'],
    ],
    [
      'what is added later and in another language',
      'urlpatterns = [path("a/", page)]\nurlpatterns += i18n_patterns(path("b/", page))',
      ['GET /a/', 'GET /en-us/b/'],
    ],
    [
      'viewsets of a router',
      'r = DefaultRouter()\nr.register("orders", Orders)\nr.register(r"reads", Reads)\nurlpatterns = [path("api/", include(r.urls))]',
      [
        'DELETE /api/orders/:pk/ identity',
        'GET /api/orders/ identity',
        'GET /api/orders/:pk/ identity',
        'GET /api/reads/',
        'GET /api/reads/:slug/',
        'PATCH /api/orders/:pk/ identity',
        'POST /api/orders/ identity',
        'POST /api/orders/:pk/send-it/ identity',
        'PUT /api/orders/:pk/ identity',
      ],
    ],
    ['viewsets by hand', 'urlpatterns = [path("o", Orders.as_view({"get": "list"}))]', ['GET /o identity']],
    [
      'the administration and files',
      'urlpatterns = [path("admin/", admin.site.urls)] + static("/media/", document_root="m")',
      ['GET /admin/', 'GET /media/'],
    ],
  ])('reads %s', async (_, patterns, expected) => expect(await routesOf(project(patterns))).toEqual(expected));

  it('reads what is included, and says where it is not of the repo or not followed', async () => {
    const files = project(
      'urlpatterns = [path("s/", include("shop.urls")), path("x/", include("allauth.urls")), path(name(), page), path("v/", made()), re_path(r"^(a|b)+$", page), re_path("(?i)c", page)]',
      {
        'server/shop/urls.py': 'from django.urls import path\nfrom . import views\nurlpatterns = [path("one/", views.page)]',
      },
    );
    const { routes, gaps } = await pythonOf(files);
    expect(routes.map(({ id }) => id)).toEqual(['GET /s/one/', 'GET /:p1']);
    expect(gaps.map(({ what }) => what)).toEqual([
      'what is included at /x/',
      'an address in urlpatterns',
      'the view at /v/',
      'the pattern (?i)c',
    ]);
  });
});

describe('a regular expression of an address', () => {
  it.each([
    ['^a/(?P<id>[^/]+)/(?:edit/)?$', 'a/:id/'],
    ['^files/(?P<path>.*)$', 'files/:path*'],
    ['^a\\.json$', 'a.json'],
    ['^a/?$', 'a/'],
    ['^(?:a|b)/$', undefined],
    ['^a|b$', undefined],
    ['^x(', undefined],
  ])('%s: %s', (pattern, path) => expect(regexOf(pattern)).toBe(path));
});
