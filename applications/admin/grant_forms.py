from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms

from applications.admin.forms import typed
from applications.domain.lateness import grants
from jetportal.accounts.models import User
from positions.admin.round_forms import LAST_MINUTE, Clock, Day, RefusalsInForm
from positions.models import RecruitmentRound

CLOSED_WITHIN = timedelta(days=90)  # older rounds are decided


class RoundChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: RecruitmentRound) -> str:
        return f"{obj.title} ({obj.deadline})"


class LateGrantForm(RefusalsInForm, forms.Form):
    email = forms.EmailField(
        label="E-mail address of the account",
        max_length=254,
        help_text="The whole address the person signs in with.",
        widget=forms.EmailInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )
    round = RoundChoice(RecruitmentRound.objects.none(), to_field_name="slug")
    until_on = Day(label="Until, date")
    until_time = Clock(
        label="Until, time",
        initial=LAST_MINUTE,
        help_text="In the zone of the round. The last minute that counts.",
    )
    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="It is kept in the history. The applicant does not see it.",
    )

    def __init__(
        self,
        sent: Mapping[str, Any] | None,
        *,
        at: datetime,
        initial: Mapping[str, str] | None = None,
    ) -> None:
        read = None if sent is None else typed({name: sent[name] for name in sent})
        super().__init__(read, initial=dict(initial or {}))
        rounds: Any = self.fields["round"]
        rounds.queryset = RecruitmentRound.objects.published(at).filter(
            cancelled_at=None, closes_at__gt=at - CLOSED_WITHIN
        )

    def until(self, *, by: User, at: datetime) -> datetime | None:
        """Return the end asked for; if refused None, and why beside the field."""
        answers = self.cleaned_data
        with self.refusals():
            return grants.check(
                answers["round"],
                grants.account_of(answers["email"]),
                day=answers["until_on"],
                clock=answers["until_time"],
                by=by,
                at=at,
            )
        return None
