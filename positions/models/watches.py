"""Who waits for a round, and the announcements by which they hear of it."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from positions.models.catalogue import Sport
from positions.models.rounds import RecruitmentRound, RoundChange, RoundKind


class WatchSubject(models.TextChoices):
    SPORT = "sport", "one sport"
    SEA = "sea", "every SEA round"
    ANNUAL = "annual", "the annual cycle for ALT and CIR"


def interest(round_: RecruitmentRound) -> Q:
    """Select the subjects that `round_` answers; it comes with its vacancies.

    A post whose sport is to be announced may be in any sport, so everybody who waits for one hears.
    """
    if round_.kind == RoundKind.ANNUAL:
        return Q(subject=WatchSubject.ANNUAL)
    sports = {vacancy.sport_id for vacancy in round_.vacancies.all()}
    every = Q(subject=WatchSubject.SEA)
    if None in sports:
        return every | Q(subject=WatchSubject.SPORT)
    return every | Q(subject=WatchSubject.SPORT, sport__in=sports)


class WatchQuerySet(models.QuerySet["Watch"]):
    def live(self, at: datetime) -> Self:
        return self.filter(confirmed_at__lte=at, expires_at__gt=at)

    def wanting(self, round_: RecruitmentRound, at: datetime) -> Self:
        """Select live watches that `round_` answers; an address may have several."""
        return self.live(at).filter(interest(round_))

    def to_renew(self, at: datetime, soon: datetime) -> Self:
        """Select what ends before `soon` and has not been asked whether to go on."""
        return self.live(at).filter(expires_at__lte=soon, renewal_asked_at=None)


class Watch(models.Model):
    """One address that asked to be told of one subject; nothing else is known of the person.

    Stopping or expiring deletes the row. `key` stands, signed, in the links of the mails;
    `asked_at` is when it was asked for last.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField("e-mail address", max_length=254)
    subject = models.CharField(max_length=6, choices=WatchSubject.choices)
    sport = models.ForeignKey(Sport, models.PROTECT, null=True, blank=True, related_name="watches")
    asked_at = models.DateTimeField("asked")
    confirmed_at = models.DateTimeField("confirmed", null=True, blank=True)
    expires_at = models.DateTimeField("ends", null=True, blank=True)
    renewal_asked_at = models.DateTimeField("asked to renew", null=True, blank=True)

    objects: ClassVar = WatchQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "watches"
        permissions = [("read_watch_address", "Can read who watches")]
        indexes = [
            models.Index(fields=["subject", "sport", "id"], name="watch_by_subject"),
            models.Index(fields=["email", "subject"], name="watch_by_address"),
            models.Index(fields=["expires_at"], name="watch_by_end"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__in=WatchSubject.values), name="watch_subject_known"
            ),
            models.CheckConstraint(
                condition=Q(subject=WatchSubject.SPORT, sport__isnull=False)
                | ~Q(subject=WatchSubject.SPORT) & Q(sport=None),
                name="watch_names_a_sport_where_it_is_about_one",
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="watch_email_is_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, expires_at=None, renewal_asked_at=None)
                | Q(
                    confirmed_at__isnull=False,
                    expires_at__isnull=False,
                    expires_at__gt=F("confirmed_at"),
                ),
                name="watch_ends_once_it_is_confirmed",
            ),
            models.UniqueConstraint(fields=["email", "sport"], name="one_watch_per_sport"),
            models.UniqueConstraint(
                fields=["email", "subject"],
                condition=Q(sport=None),
                name="one_watch_per_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"watch {self.pk}"

    @property
    def about(self) -> str:
        """Say what is watched, as it stands in a sentence; the row comes with its sport."""
        if self.sport is not None:
            return f"SEA rounds for {self.sport.name}"
        return WatchSubject(self.subject).label


class WatchRequest(models.Model):
    """One request to watch, kept for a day so that limits can count it. Holds no address."""

    address = models.CharField("digest of the address", max_length=64)
    network = models.CharField(max_length=45)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["address", "created_at"], name="watch_request_by_address"),
            models.Index(fields=["network", "created_at"], name="watch_request_by_network"),
            models.Index(fields=["created_at"], name="watch_request_by_age"),
        ]

    def __str__(self) -> str:
        return f"watch request {self.pk}"


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def openings(self) -> Self:
        return self.filter(change=None)

    def due(self, at: datetime) -> Self:
        """What is not finished; a round that is published later is announced then.

        One that was announced before its opening is gone through once more when it opens, for those
        who began to wait in between.
        """
        reopened = Q(change=None, finished_at__lt=F("round__opens_at"), round__opens_at__lte=at)
        unfinished = Q(finished_at=None) | reopened
        return self.filter(unfinished, round__published_at__lte=at).order_by("at", "pk")


class Announcement(models.Model):
    """One thing told to everybody who waits for a round: that it is there, or how it changed.

    `last_watch` is how far the telling has come; it moves in the transaction that stores the mails,
    so a run that was cut off goes on where it stopped. `again_at` is when the round began to answer
    more of those who wait, by a post or a sport that is new.
    """

    round = models.ForeignKey(RecruitmentRound, models.PROTECT, related_name="announcements")
    change = models.OneToOneField(
        RoundChange, models.PROTECT, null=True, blank=True, related_name="announcement"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    last_watch = models.PositiveBigIntegerField(default=0)
    count = models.PositiveIntegerField("people told", default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    again_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(change=None), name="a_round_is_announced_once"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=F("at")),
                name="announcement_finished_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(again_at=None) | Q(again_at__gte=F("at"), change=None),
                name="only_an_opening_is_told_again_and_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"announcement {self.pk}"
