"""The answers of an application: as typed, section by section, and as frozen when it was sent."""

import json
from typing import Any

from django.db import models
from django.db.models import F, Q

from applications.models.application import Application
from jetportal.sealing import seal, unseal

SENSITIVE = ("criminal", "grounds", "medical")  # sections whose answers are stored sealed


class SectionAnswers(models.Model):
    """What somebody typed into one section, right or wrong, exactly as the form sent it.

    `answers` maps the name of each input to the list of its values, so that binding the section's
    form to it shows the page as it was left. `entries` holds the entries of each of its lists, in
    their order (`applications.sections.entries.Entry`). Of a sensitive section both are empty, and
    `sealed` is one token of them. `version` counts saves of either. What `is_copied` came from an
    earlier application and was not saved since, so it counts as incomplete.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="sections")
    section = models.CharField(max_length=30)
    answers = models.JSONField(default=dict)
    entries = models.JSONField(default=dict)
    sealed = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    is_copied = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "section answers"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "section"], name="one_row_per_application_and_section"
            ),
            models.CheckConstraint(condition=~Q(section=""), name="section_answers_name_a_section"),
            models.CheckConstraint(condition=Q(version__gte=1), name="section_version_from_one"),
            models.CheckConstraint(
                condition=Q(sealed="") & ~Q(section__in=SENSITIVE)
                | Q(section__in=SENSITIVE, answers={}, entries={}) & ~Q(sealed=""),
                name="sensitive_answers_are_sealed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} of {self.application_id}"

    def opened(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return answers and entries as typed; None where no key of ours opens them."""
        if not self.sealed:
            return self.answers, self.entries
        text = unseal(self.sealed)
        if text is None:
            return None
        content = json.loads(text)
        return content["answers"], content["entries"]

    def keep(self, answers: dict[str, Any], entries: dict[str, Any]) -> None:
        """Take what was typed, sealed where the section is sensitive; the row is not saved yet."""
        if self.section not in SENSITIVE:
            self.answers, self.entries = answers, entries
            return
        self.answers, self.entries = {}, {}
        self.sealed = seal(json.dumps({"answers": answers, "entries": entries}))


class FrozenAnswers(models.Model):
    """The answers as they counted from `frozen_at` on: canonical JSON, and the SHA-256 of salt and
    text.

    Written once: the first version when the application is sent, a later one by each correction,
    which names its `section`. The version that counts is not superseded. The salt keeps short
    answers from being guessed from the fingerprint. `sealed` is the token of the sensitive
    sections, of which the text holds digests alone; empty in what was sent before there were any.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField(default=1)
    section = models.CharField(max_length=30, blank=True)
    canonical = models.TextField()
    sealed = models.TextField(blank=True, default="")
    salt = models.CharField(max_length=32)
    digest = models.CharField("SHA-256", max_length=64)
    frozen_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "frozen answers"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "version"], name="answers_are_frozen_once_per_version"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(superseded_at=None),
                name="one_version_of_the_answers_counts",
            ),
            models.CheckConstraint(
                condition=Q(version=1, section="") | Q(version__gt=1) & ~Q(section=""),
                name="later_version_names_its_section",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("frozen_at")),
                name="version_is_superseded_after_it_was_frozen",
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$") & Q(salt__regex=r"^[0-9a-f]{32}$"),
                name="fingerprint_is_sha256",
            ),
        ]

    def __str__(self) -> str:
        return self.digest[:12]
