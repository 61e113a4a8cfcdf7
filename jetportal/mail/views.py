"""The mails of a development folder as pages; their addresses exist only where MAIL_PAGE is on."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jetportal.mail import folder


@require_safe
@never_cache
def mails(request: HttpRequest) -> HttpResponse:
    newest = folder.newest(Path(settings.EMAIL_FILE_PATH))
    return render(request, "mail/list.html", {"mails": newest})


@require_safe
@never_cache
def mail(request: HttpRequest, file: str, number: int) -> HttpResponse:
    found = folder.find(Path(settings.EMAIL_FILE_PATH), file, number)
    if found is None:
        raise Http404
    return render(request, "mail/detail.html", {"mail": found})
