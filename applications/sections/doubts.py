"""The warnings themselves: names, the degree's date, years in Japan, the level of Japanese."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date

from applications.sections.base import Answers, SectionForm
from applications.sections.fields import plural
from applications.sections.rules import in_full
from applications.sections.warnings import Told

Doubts = Iterator[tuple[str, str]]

MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")
SHORTEST_MONTH = 28  # days
MONTHS = 12  # of a year
SEMI_ADVANCED = 4  # of the scale in the section on languages
ENOUGH = ("N1", "N2")
SKILLS = ("speaking", "listening", "reading", "writing")


def parts_of_name(*names: str) -> set[str]:
    """Split names into what two writings of them share: no case, no accents, no punctuation."""
    plain = unicodedata.normalize("NFKD", " ".join(names)).casefold()
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return set(re.findall(r"\w+", bare))


def names(form: SectionForm, told: Told) -> Doubts:
    """Compare former names with the passport's; another name needs a document that explains it."""
    cleaned = form.cleaned_data
    former = cleaned.get("former_names", "")
    now = (cleaned.get("family_name", ""), cleaned.get("first_name", ""))
    if not former:
        return
    if parts_of_name(former) <= parts_of_name(*now, cleaned.get("middle_name", "")):
        words = (
            "This is the name you wrote above. Leave it empty unless a document shows another one."
        )
        yield "former_names", words
        return
    yield (
        "former_names",
        "A document that shows one of these names needs proof of the change. Add it to your "
        "documents.",
    )


def signature(form: SectionForm, told: Told) -> Doubts:
    """Compare the typed name with the names of the passport."""
    typed = parts_of_name(form.cleaned_data.get("typed_name", ""))
    named = [told.said("identity", name) for name in ("family_name", "first_name")]
    middle = told.said("identity", "middle_name")
    if not typed or not all(named):
        return
    if not parts_of_name(*named) <= typed <= parts_of_name(*named, middle):
        words = (
            "This differs from the name under Identity. Write it as in your passport, or mend "
            "the name there."
        )
        yield "typed_name", words


def cut_off(told: Told) -> tuple[date | None, str]:
    """Return the last day for the degree, the earlier one for early departure, and what it is."""
    rules = told.rules
    if told.said("location", "early_departure") == "yes" and rules.early_degree_by:
        return rules.early_degree_by, "for early departure"
    return rules.degree_by, "in this round"


def degree_date(form: SectionForm, told: Told) -> Doubts:
    """Compare the day of a degree with the cut-off; another degree in time settles it."""
    last, where = cut_off(told)
    conferred = form.cleaned_data.get("conferred")
    if not told.rules.degree_asked or not last or not conferred or conferred <= last:
        return
    if form.cleaned_data.get("degree") and not any(in_time(told, last)):
        words = (
            f"The degree must be conferred by {in_full(last)} {where}. This date is later. "
            "You can go on; staff decide."
        )
        yield "conferred", words


def in_time(told: Told, last: date) -> Iterator[date]:
    """Yield the dates of the degrees that are conferred by `last`."""
    for school in told.listed("education", "schools"):
        day = written_date(school, "conferred")
        if first(school, "degree") and day and day <= last:
            yield day


def no_degree(form: SectionForm, told: Told) -> Doubts:
    schools = told.listed("education", "schools")
    dated = any(first(one, "degree") and written_date(one, "conferred") for one in schools)
    if told.rules.degree_asked and schools and not dated:
        yield "schools", "No school here has a degree with its date. A bachelor's degree is needed."


def years_in_japan(form: SectionForm, told: Told) -> Doubts:
    """Warn of too many days, of stays that add up to too many months, and of two that differ."""
    rules, most = told.rules, told.rules.residence_years * MONTHS
    days = int(form.cleaned_data.get("days") or 0)
    stays = list(stays_in_japan(told))
    months = len(set().union(*stays))
    lived = (
        f"Who has lived in Japan {rules.residence_years} years or more in the "
        f"{rules.residence_within_years} years before {rules.departure_year} cannot take part."
    )
    if days >= rules.too_many_days:
        yield "days", f"This is {rules.residence_years} years or more. {lived}"
    elif "days" in form.cleaned_data and days < certain_days(stays):
        words = f"Your stays in Japan below add up to more days: about {months} "
        yield "days", f"{words}{plural(months, 'month')}. Check the number and the dates."
    if months >= most:
        yield "stays", f"Your stays in Japan add up to {months} months. {lived}"


def certain_days(stays: Iterable[set[str]]) -> int:
    """Return how many days the stays must at least have had: their months but first and last."""
    whole = set().union(*(sorted(stay)[1:-1] for stay in stays))
    return len(whole) * SHORTEST_MONTH


def stays_in_japan(told: Told) -> Iterator[set[str]]:
    """Yield the months of each stay in Japan, as far as they count, both ends included.

    What goes on counts until the end of the years that count.
    """
    begins, ends = told.rules.window
    for stay in told.listed("abroad", "stays"):
        since, until = first(stay, "since"), first(stay, "until") or ends
        if is_japan(first(stay, "country")) and MONTH.fullmatch(since) and MONTH.fullmatch(until):
            yield set(months_between(max(since, begins), min(until, ends)))


def is_japan(country: str) -> bool:
    return bool(parts_of_name(country) & {"japan", "nihon", "nippon", "日本"})


def months_between(since: str, until: str) -> Iterable[str]:
    """Yield every month from `since` to `until` ("2024-06"), both included."""
    number, last = (int(month[:4]) * MONTHS + int(month[5:]) - 1 for month in (since, until))
    return [f"{n // MONTHS}-{n % MONTHS + 1:02}" for n in range(number, last + 1)]


LOW = (
    "A CIR needs Japanese of about JLPT N2 or higher, or semi-advanced in speaking, listening, "
    "reading and writing. Who misses it is not moved to ALT by itself."
)


def japanese_of_a_cir(form: SectionForm, told: Told) -> Doubts:
    if told.position == "CIR" and not speaks_enough(told):
        yield "jlpt", LOW


def position_of_a_cir(form: SectionForm, told: Told) -> Doubts:
    if told.position == "CIR" and "languages" in told.answers and not speaks_enough(told):
        yield "vacancy", f"{LOW} Check your answers under Languages."


def speaks_enough(told: Told) -> bool:
    """Tell whether the answers show Japanese of the level a CIR needs."""
    if told.said("languages", "jlpt") in ENOUGH:
        return True
    return any(
        first(entry, "native") == "yes"
        or min(level(first(entry, skill)) for skill in SKILLS) >= SEMI_ADVANCED
        for entry in told.listed("languages", "languages")
        if parts_of_name(first(entry, "language")) & {"japanese", "nihongo", "日本語"}
    )


def level(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) == 1 else 0


def first(answers: Answers, name: str) -> str:
    return next((value.strip() for value in answers.get(name, ())), "")


def written_date(answers: Answers, name: str) -> date | None:
    """Read month, day and year as typed; None where they are no date."""
    typed = [first(answers, f"{name}_{part}") for part in ("year", "month", "day")]
    if not all(re.fullmatch(r"[0-9]{1,4}", part) for part in typed):
        return None
    try:
        return date(*map(int, typed))
    except ValueError:
        return None
