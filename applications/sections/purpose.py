"""The Statement of Purpose and the declarations."""

from applications.sections.base import SectionForm, helper
from applications.sections.fields import Text
from applications.sections.wordings import Agreement
from positions.models import RoundKind

ANNUAL_PROMPT = (
    "Say why Japan, why the JET Program and why this position; what effect you hope for; how your "
    "skills serve the program; what you would gain, and how it serves your later career."
)
SEA_PROMPT = (
    "Say what your sport means to you and how you would use it for exchange between people in "
    "Japan and abroad; how you coach; what you would gain, and how it serves your later career."
)


class PurposeForm(SectionForm):
    helper = helper()
    statement = Text(
        "Statement of Purpose",
        max_characters=4000,
        max_words=650,
        lines=20,
        missing="Write your Statement of Purpose",
    )

    def prepare(self) -> None:
        round_ = self.asked.round
        limits = {
            "max_characters": round_.purpose_max_characters,
            "max_words": round_.purpose_max_words,
        }
        prompt = SEA_PROMPT if round_.kind == RoundKind.SEA else ANNUAL_PROMPT
        old = self.fields["statement"]
        self.fields["statement"] = Text(
            str(old.label),
            lines=20,
            missing=str(old.error_messages["required"]),
            help_text=f"{prompt} Plain text, up to {limits['max_words']:,} words and "
            f"{limits['max_characters']:,} characters: two double-spaced pages.",
            **limits,
        )


class DeclarationsForm(SectionForm):
    helper = helper()
    guidelines_read = Agreement("guidelines_read")
    all_true = Agreement("all_true")
    data_notice = Agreement("data_notice")
    typed_name = Text(
        "Your full name, as a signature",
        max_characters=180,
        missing="Type your full name",
        help_text="The date is added when your application arrives.",
        attrs={"autocomplete": "name"},
    )
