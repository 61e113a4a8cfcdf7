"""What every answer tells the browser to refuse, beside what the framework has settings for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Nothing here asks for a camera, a place or a payment, so no page and nothing within it may; a
# passkey is the one thing that our own pages do ask for.
NOBODY = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation"),
    *("gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment"),
    *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
OURSELVES = ("publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS = ", ".join(
    [*(f"{name}=()" for name in NOBODY), *(f"{name}=(self)" for name in OURSELVES)]
)


class SafetyMiddleware:
    """Close what browsers would open to any page, and keep our answers out of pages of others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
