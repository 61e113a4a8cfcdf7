"""Checking a receipt: a public page, never kept, that tells whether it is one and nothing else."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.domain import receipts
from applications.domain.receipts import TooManyChecks, Verdict
from jetportal.accounts.networks import network_of
from jetportal.requests import TimedRequest

LONGEST = 200
TOO_LONG = "This is longer than any there is."
WORDS = {
    Verdict.VALID: (
        "open",
        "Valid",
        "This fingerprint belongs to this reference number, and it is the version that counts.",
    ),
    Verdict.SUPERSEDED: (
        "soon",
        "Valid, superseded by a later version",
        "This fingerprint belongs to this reference number. Something was corrected since, so a "
        "later version counts.",
    ),
    Verdict.NO_MATCH: (
        "error",
        "No match",
        "There is no receipt with this reference number and this fingerprint. Look for a sign that "
        "was typed wrong or left out.",
    ),
}


def quiet(**attrs: str) -> forms.TextInput:
    return forms.TextInput({"autocomplete": "off", "spellcheck": "false", **attrs})


class VerifyForm(forms.Form):
    reference = forms.CharField(
        label="Reference number",
        max_length=LONGEST,
        help_text="Nine letters and figures, for example 7K4M-92TP-H.",
        widget=quiet(autocapitalize="characters"),
        error_messages={"required": "Write the reference number.", "max_length": TOO_LONG},
    )
    fingerprint = forms.CharField(
        label="Fingerprint",
        max_length=LONGEST,
        help_text="64 signs, 0 to 9 and a to f; spaces do not matter.",
        widget=quiet(autocapitalize="none"),
        error_messages={"required": "Write the fingerprint.", "max_length": TOO_LONG},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: TimedRequest) -> HttpResponse:
    form = VerifyForm(request.POST if request.method == "POST" else None)
    result, status = None, 200
    if form.is_valid():
        try:
            verdict = receipts.verify(
                form.cleaned_data["reference"],
                form.cleaned_data["fingerprint"],
                network=network_of(request),
                at=request.received_at,
            )
            result = WORDS[verdict]
        except TooManyChecks as refusal:
            form.add_error("reference", str(refusal))
            status = 429
    return render(
        request, "applications/verify.html", {"form": form, "result": result}, status=status
    )
