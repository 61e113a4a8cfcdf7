"""The rounds as an Atom 1.0 feed: an entry for each, which changes when the round does."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html_join

from positions.feeds.facts import PROGRAM, absolute, address_of, changed_at, host, news, title_of
from positions.models import RecruitmentRound

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
BEFORE_ANY_ROUND = datetime(1987, 1, 1, tzinfo=UTC)  # the year of the program's first participants


class RoundsFeed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """Return when the newest entry changed: never "now", so that equal feeds are equal."""
        return max((item["updateddate"] for item in self.items), default=BEFORE_ANY_ROUND)


def feed(rounds: Sequence[RecruitmentRound], at: datetime) -> str:
    """Write the published `rounds` (from `with_vacancies()`) as of `at`, latest change first."""
    made = RoundsFeed(
        title="JET Program, United States: rounds",
        link=absolute("positions:rounds"),
        description="Rounds of recruitment for ALT, CIR and SEA, with their deadlines.",
        language="en-us",
        author_name=PROGRAM,
        feed_url=absolute("positions:feed"),
        feed_guid=f"tag:{host()},2024:rounds",
    )
    for round_ in sorted(rounds, key=changed_at, reverse=True):
        made.add_item(
            title=title_of(round_),
            link=address_of(round_),
            description=_summary(round_, at),
            unique_id=f"tag:{host()},2024:rounds/{round_.slug}",
            pubdate=round_.published_at,
            updateddate=changed_at(round_),
        )
    text: str = made.writeString(settings.DEFAULT_CHARSET)
    return text


def _summary(round_: RecruitmentRound, at: datetime) -> str:
    sentences = [*news(round_, at), round_.summary]
    return format_html_join("", "<p>{}</p>", ((words,) for words in sentences if words))
