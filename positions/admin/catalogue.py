"""The official lists at the desk. The three positions and the consulates are not removed here."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from positions.admin.base import PublicRowsAdmin
from positions.models import (
    Consulate,
    ContractingOrganization,
    Duty,
    PositionType,
    Requirement,
    Sport,
)

if TYPE_CHECKING:
    DutyInlineBase = admin.StackedInline[Duty, PositionType]
    RequirementInlineBase = admin.StackedInline[Requirement, PositionType]
    DutyFormBase = forms.ModelForm[Duty]
else:
    DutyInlineBase = RequirementInlineBase = admin.StackedInline
    DutyFormBase = forms.ModelForm

OFFICIAL = (
    "These words come from positions/data/catalogue.json. Loading that file again, as an update of "
    "the portal does, brings its words back: write a lasting change there as well."
)


class LinesField(forms.CharField):
    """A list of texts, typed one per line."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 80})

    def prepare_value(self, value: object) -> object:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: object) -> list[str]:  # type: ignore[override]  # a list, not a text
        if isinstance(value, list):
            return value
        lines = (line.strip() for line in str(value or "").splitlines())
        return [line for line in lines if line]

    def validate(self, value: object) -> None:
        """Any list is right, an empty one too."""

    def run_validators(self, value: object) -> None:
        for line in value if isinstance(value, list) else []:
            super().run_validators(line)

    def has_changed(self, initial: object, data: object) -> bool:
        return self.to_python(initial) != self.to_python(data)


class DutyForm(DutyFormBase):
    examples = LinesField(
        label="What it may include", required=False, help_text="One per line. May stay empty."
    )

    class Meta:
        model = Duty
        fields = ("number", "kind", "text", "examples")


class DutyInline(DutyInlineBase):
    model = Duty
    form = DutyForm
    extra = 0
    formfield_overrides = {
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 2, "cols": 80})}
    }


class RequirementInline(RequirementInlineBase):
    model = Requirement
    extra = 0
    formfield_overrides = {
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 2, "cols": 80})}
    }


@admin.register(PositionType)
class PositionTypeAdmin(PublicRowsAdmin[PositionType]):
    list_display = ("code", "name", "share")
    search_fields = ("code", "name")
    readonly_fields = ("code",)
    inlines = (DutyInline, RequirementInline)
    fieldsets = (
        (
            None,
            {
                "description": OFFICIAL,
                "fields": (
                    *("code", "name", "name_ja", "summary", "share", "placed_in", "guided_by"),
                    *("duties_set_by", "recruited", "english", "japanese", "coaching", "order"),
                ),
            },
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PositionType | None = None) -> bool:
        return False


@admin.register(Consulate)
class ConsulateAdmin(PublicRowsAdmin[Consulate]):
    list_display = ("name", "city", "area", "group", "zone")
    search_fields = ("code", "name", "city")
    fieldsets = (
        (
            None,
            {
                "description": OFFICIAL,
                "fields": ("code", "name", "city", "area", "note", "group", "zone", "order"),
            },
        ),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Consulate | None = None
    ) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Consulate | None = None) -> bool:
        return False


@admin.register(Sport)
class SportAdmin(PublicRowsAdmin[Sport]):
    list_display = ("name",)
    search_fields = ("name",)


@admin.register(ContractingOrganization)
class ContractingOrganizationAdmin(PublicRowsAdmin[ContractingOrganization]):
    list_display = ("name", "prefecture")
    search_fields = ("name", "prefecture")
