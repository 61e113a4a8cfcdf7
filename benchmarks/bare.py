"""The yardstick: a Django view that returns 20 KB of constant text, with the least around it."""

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

TEXT = b"<!doctype html><title>Bare</title>" + b"<p>Twenty thousand bytes.</p>" * 690


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(TEXT, headers={"Content-Length": str(len(TEXT))})


urlpatterns = [path("", bare)]


def application() -> WSGIHandler:
    """Return the application; gunicorn calls it as `benchmarks.bare:application()`."""
    settings.configure(
        SECRET_KEY="bare", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[], USE_I18N=False
    )
    return get_wsgi_application()
