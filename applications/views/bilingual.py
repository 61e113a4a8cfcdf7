"""Pages in English and Japanese: which of the two a reader gets, and how they change it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

View = Callable[..., HttpResponseBase]

ENGLISH, JAPANESE = "en", "ja"
NAMES = {ENGLISH: "English", JAPANESE: "日本語"}
PARAMETER = "lang"
KEPT_FOR = 180 * 24 * 3600  # seconds; a referee may come back after months


def chosen(text: str | None) -> str:
    """Return the code of the language `text` names, or "" where it is none of the two."""
    return text if text in NAMES else ""


def language_of(request: HttpRequest) -> str:
    """Return what the address says, else what was chosen before, else what the browser prefers."""
    return (
        chosen(request.GET.get(PARAMETER))
        or chosen(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME))
        or chosen(translation.get_language_from_request(request).partition("-")[0])
        or ENGLISH
    )


def other(language: str) -> str:
    return ENGLISH if language == JAPANESE else JAPANESE


def bilingual(view: View) -> View:
    """Answer in the reader's language, and remember one that was chosen in the address.

    Only these pages are in two languages, so the language is set around them and nowhere else.
    """

    @wraps(view)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = language_of(request)
        with translation.override(language):
            response = view(request, *args, **kwargs)
        if chosen(request.GET.get(PARAMETER)):
            _remember(response, language, request.path)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response["Content-Language"] = language
        return response

    return speaking


def _remember(response: HttpResponseBase, language: str, path: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=KEPT_FOR,
        path=f"/{path.strip('/').partition('/')[0]}/",
        samesite="Lax",
        secure=settings.HTTPS,
        httponly=True,
    )
