"""People who wait for rounds, for tests."""

import re
from datetime import UTC, datetime, timedelta

from django.conf import settings

from jetportal.accounts.models import User
from jetportal.mail.models import OutgoingMail
from positions.domain import watches
from positions.models import Sport, Watch, WatchSubject
from tests.factories import OPENS_AT, make_round, make_vacancy

ASKED_AT = datetime(2025, 1, 2, 12, tzinfo=UTC)
AT = OPENS_AT + timedelta(hours=1)


def make_sport(name: str = "Archery") -> Sport:
    return Sport.objects.get_or_create(name=name)[0]


def shown_sport(name: str = "Archery") -> Sport:
    """Store a sport of a past round, which anybody may read of."""
    sport = make_sport(name)
    if not sport.vacancy_set.exists():
        published_at = datetime(2020, 1, 15, tzinfo=UTC)
        closes_at = datetime(2020, 3, 15, 10, tzinfo=UTC)
        slug = f"sea-2020-{name.lower()}"
        round_ = make_round(
            slug=slug, opens_at=None, closes_at=closes_at, published_at=published_at
        )
        round_.vacancies.update(sport=sport)
    return sport


def make_watch(
    email: str = "coach@example.org",
    sport: str | None = "Archery",
    *,
    subject: str = WatchSubject.SPORT,
    confirmed_at: datetime | None = ASKED_AT,
) -> Watch:
    """Store a watch, confirmed unless told otherwise."""
    return Watch.objects.create(
        email=email,
        subject=subject,
        sport=make_sport(sport) if sport else None,
        asked_at=ASKED_AT,
        confirmed_at=confirmed_at,
        expires_at=confirmed_at + watches.LASTS if confirmed_at else None,
    )


def make_many(count: int) -> None:
    """Store confirmed watches of archery, one per address."""
    sport = make_sport()
    Watch.objects.bulk_create(
        Watch(
            email=f"coach{number}@example.org",
            subject=WatchSubject.SPORT,
            sport=sport,
            asked_at=ASKED_AT,
            confirmed_at=ASKED_AT,
            expires_at=ASKED_AT + watches.LASTS,
        )
        for number in range(count)
    )


def archery_round(**changes):
    round_ = make_round(**changes)
    round_.vacancies.update(sport=make_sport("Archery"))
    return round_


def judo_post(round_):
    return make_vacancy(round_, number=2, sport=make_sport("Judo"))


def make_staff() -> User:
    return User.objects.get_or_create(email="staff@jet.example", defaults={"is_staff": True})[0]


def link_in(mail: OutgoingMail, purpose: str) -> str:
    """Return the path of the link in a mail."""
    found = re.search(rf"{re.escape(settings.SITE_URL)}(/watch/{purpose}/\S+)", mail.text)
    assert found, mail.text
    return found[1]


def told(kind: str) -> list[str]:
    """Return who has a mail of this kind in the outbox, a name per mail."""
    return sorted(OutgoingMail.objects.filter(kind=kind).values_list("recipient", flat=True))
