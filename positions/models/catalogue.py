"""What never depends on a round: the three position types and who takes part on the way."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower, Replace

from positions.addresses import address_part
from positions.deadlines import ZONES


class PositionCode(models.TextChoices):
    ALT = "ALT", "Assistant Language Teacher"
    CIR = "CIR", "Coordinator for International Relations"
    SEA = "SEA", "Sports Exchange Advisor"


class PositionType(models.Model):
    """One of the three positions of the JET Program, as `data/catalogue.json` describes it."""

    code = models.CharField(max_length=3, primary_key=True, choices=PositionCode.choices)
    name = models.CharField(max_length=80)
    name_ja = models.CharField("official Japanese name", max_length=40)
    summary = models.TextField()
    share = models.CharField("share of participants", max_length=80)
    placed_in = models.TextField("where participants are placed")
    guided_by = models.TextField("who guides the work", blank=True)
    duties_set_by = models.TextField("who specifies the duties")
    recruited = models.TextField("how it is recruited")
    english = models.CharField(max_length=80)
    japanese = models.CharField(max_length=80)
    coaching = models.CharField(max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__in=PositionCode.values), name="position_code_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}, {self.name}"

    @property
    def slug(self) -> str:
        return self.code.lower()


class DutyKind(models.TextChoices):
    DUTY = "duty", "duty"
    REQUIREMENT = "requirement", "requirement"


class Duty(models.Model):
    """One official line of a position type's list; `number` is its place, from 1."""

    position_type = models.ForeignKey(PositionType, models.CASCADE, related_name="duties")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=11, choices=DutyKind.choices, default=DutyKind.DUTY)
    text = models.TextField()
    examples = models.JSONField("what it may include", default=list, blank=True)

    class Meta:
        ordering = ["position_type", "number"]
        verbose_name_plural = "duties"
        constraints = [
            models.UniqueConstraint(
                fields=["position_type", "number"], name="one_duty_per_place_in_the_list"
            ),
            models.CheckConstraint(condition=Q(kind__in=DutyKind.values), name="duty_kind_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="duty_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.position_type_id} {self.number}"


class Requirement(models.Model):
    """One rule of eligibility of a position type, as told to applicants."""

    position_type = models.ForeignKey(PositionType, models.CASCADE, related_name="requirements")
    number = models.PositiveSmallIntegerField()
    topic = models.CharField(max_length=60)
    text = models.TextField()

    class Meta:
        ordering = ["position_type", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["position_type", "number"], name="one_requirement_per_place_in_the_list"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="requirement_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.position_type_id}: {self.topic}"


class Sport(models.Model):
    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="one_sport_per_name",
                violation_error_message="There is a sport of that name already.",
            ),
            models.UniqueConstraint(
                Lower(Replace("name", Value(" "), Value("-"))),
                name="one_sport_per_part_of_an_address",
                violation_error_message="Addresses could not tell it from another sport.",
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"\S"),
                name="sport_has_a_name",
                violation_error_message="Give the sport a name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a name that no address could tell from that of another sport."""
        part = address_part(self.name)
        others = Sport.objects.exclude(pk=self.pk).values_list("name", flat=True)
        if not part:
            raise ValidationError({"name": "Write the name in letters."})
        same = next((name for name in others if address_part(name) == part), None)
        if same is not None:
            words = f"Addresses could not tell it from “{same}”. Use that one, or another name."
            raise ValidationError({"name": words})


class ContractingOrganization(models.Model):
    """The local government, board of education or school in Japan that appoints and pays."""

    name = models.CharField(max_length=120)
    prefecture = models.CharField(max_length=40)

    class Meta:
        ordering = ["prefecture", "name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                Lower("prefecture"),
                name="one_organization_in_a_prefecture_per_name",
                violation_error_message="There is an organization of that name there already.",
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"\S", prefecture__regex=r"\S"),
                name="organization_has_a_name_and_a_prefecture",
                violation_error_message="Give name and prefecture.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.prefecture}"


class DepartureGroup(models.TextChoices):
    A = "A", "Group A"
    B = "B", "Group B"


class Consulate(models.Model):
    """A mission an applicant chooses as interview location; the embassy is one of them."""

    code = models.SlugField(primary_key=True, max_length=30)
    name = models.CharField(max_length=60)
    city = models.CharField(max_length=40)
    area = models.CharField("states and places it suggests itself to", max_length=200)
    note = models.CharField(max_length=200, blank=True)
    group = models.CharField("departure group", max_length=1, choices=DepartureGroup.choices)
    zone = models.CharField(max_length=40, choices=[(zone, zone) for zone in ZONES])
    order = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(group__in=DepartureGroup.values), name="consulate_group_known"
            ),
            models.CheckConstraint(condition=Q(zone__in=list(ZONES)), name="consulate_zone_known"),
        ]

    def __str__(self) -> str:
        return self.name
