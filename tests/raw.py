"""Requests written by hand to a socket, so that a test can stop in the middle of one."""

import socket
from http.client import HTTPResponse

from django.conf import settings
from django.test import Client
from django.urls import reverse

from applications.models import Application
from tests.processes import WebServer

TOKEN = "t" * 32
FORM = "application/x-www-form-urlencoded"
BODY = f"csrfmiddlewaretoken={TOKEN}".encode()


def connect(web: WebServer, *, seconds: float = 60) -> socket.socket:
    return socket.create_connection(("127.0.0.1", web.port), timeout=seconds)


def head(
    web: WebServer,
    path: str,
    *,
    method: str = "POST",
    length: int = len(BODY),
    kind: str = FORM,
    cookies: str = "",
) -> bytes:
    """Return everything before the body, the blank line included."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{web.port}",
        f"Content-Type: {kind}",
        f"Content-Length: {length}",
        f"Cookie: {settings.CSRF_COOKIE_NAME}={TOKEN}; {cookies}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(line: socket.socket) -> HTTPResponse:
    """Wait for the answer; its words are read by `read()`."""
    response = HTTPResponse(line)
    response.begin()
    return response


def session_of(application: Application) -> str:
    """Sign the applicant in and return the cookie of the session."""
    client = Client()
    client.force_login(application.applicant)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def submit_path(application: Application) -> str:
    return reverse("applications:submit", args=[application.key])
