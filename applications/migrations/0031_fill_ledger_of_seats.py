"""Files that were moved before there was a ledger of seats get the lines of those moves."""

from itertools import groupby

from django.db import migrations

HOLDING = {
    "short_listed": "offered",
    "accepted": "accepted",
    "placed": "accepted",
    "departed": "accepted",
    "declined": "declined",
    "alternate": "listed",
    "alternate_kept": "listed",
}
AT_ONCE = 500


def fill_ledger(apps, schema_editor):
    """Write a line for each move that changed what was held and has none; twice changes nothing.

    What is given back returns to the vacancy it was taken from, as far as the ledger tells.
    """
    rows = changes_that_count(apps.get_model("applications", "StatusChange"))
    lines = apps.get_model("applications", "SeatEvent").objects
    new = []
    for _application, changes in groupby(rows.iterator(AT_ONCE), lambda row: row.application_id):
        new += missing_lines(list(changes), lines)
        if len(new) >= AT_ONCE:
            lines.bulk_create(new)
            new = []
    lines.bulk_create(new)


def changes_that_count(model):
    held = list(HOLDING)
    moved = model.objects.filter(from_status__in=held) | model.objects.filter(to_status__in=held)
    return moved.select_related("application", "seat_event").order_by("application_id", "pk")


def missing_lines(changes, lines):
    taken_from = {}
    for change in changes:
        gave = HOLDING.get(change.from_status, "")
        took = HOLDING.get(change.to_status, "")
        if gave == took:
            continue
        known = getattr(change, "seat_event", None)
        own = known.vacancy_id if known else change.application.vacancy_id
        vacancy = taken_from.get(gave, own) if gave and not known else own
        taken_from[took] = vacancy
        if known is None:
            yield lines.model(
                vacancy_id=vacancy,
                application_id=change.application_id,
                change_id=change.pk,
                gave_back=gave,
                took=took,
            )


class Migration(migrations.Migration):
    dependencies = [("applications", "0030_seat_numbers")]

    operations = [migrations.RunPython(fill_ledger, migrations.RunPython.noop)]
