"""What every template may read without touching the session or the database."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Add the facts of the installation; "signed in" is the presence of the session cookie."""
    return {
        "demonstration": settings.DEMO,
        "signed_in": settings.SESSION_COOKIE_NAME in request.COOKIES,
        "support_email": settings.SUPPORT_EMAIL,
        "mail_page": settings.MAIL_PAGE,
        "site_url": settings.SITE_URL,
        "canonical": f"{settings.SITE_URL}{request.path}",
    }
