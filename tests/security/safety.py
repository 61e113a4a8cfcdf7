"""What every answer carries, whatever it says."""

from django.http import HttpResponseBase

from jetportal.safety import PERMISSIONS

POLICY = {
    "default-src 'none'",
    "base-uri 'none'",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    "manifest-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
}
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}
FRAMES = "frame-src 'self'"  # the file of an application shows its documents
# A PDF stands in pages of ours and may load nothing; a referee's link is passed on to nobody.
OF_A_FILE = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}
OF_A_LINK = {"Referrer-Policy": "no-referrer"}


def amiss(answer: HttpResponseBase) -> list[str]:
    """Name the headers of safety that are not as they must be."""
    told = answer.headers
    wanted = dict(FIXED)
    policy = told.get("Content-Security-Policy", "")
    if told.get("Content-Type") == "application/pdf" and "frame-ancestors 'self'" in policy:
        wanted |= OF_A_FILE
    elif set(policy.split("; ")) - {FRAMES} != POLICY:
        return ["Content-Security-Policy"]
    if told.get("Referrer-Policy") == OF_A_LINK["Referrer-Policy"]:
        wanted |= OF_A_LINK
    return [name for name, value in wanted.items() if told.get(name) != value]


def is_kept_nowhere(answer: HttpResponseBase) -> bool:
    control = answer.get("Cache-Control", "")
    return "no-store" in control and "public" not in control
