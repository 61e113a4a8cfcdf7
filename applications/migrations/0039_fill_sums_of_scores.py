from collections import defaultdict

from django.db import migrations


def fill(apps, schema_editor):
    """Sum what was scored before lists told of it, as `applications.domain.review.scoring` does."""
    percents = defaultdict(list)
    sheets = apps.get_model("applications", "ScoreSheet").objects.filter(set_aside_at=None)
    for sheet in sheets.select_related("application").prefetch_related("marks"):
        marks = sheet.marks.all()
        whole = sum(mark.weight for mark in marks)
        reached = sum(m.weight * (m.value - m.least) / (m.most - m.least) for m in marks)
        percents[sheet.application].append(round(100 * reached / whole) if whole else 0)
    sums = apps.get_model("applications", "ScoreSum").objects
    for application, each in percents.items():
        values = {
            "round_id": application.round_id,
            "sheets": len(each),
            "mean": round(sum(each) / len(each)),
            "spread": max(each) - min(each),
        }
        sums.update_or_create(application=application, defaults=values)


def leave(apps, schema_editor):
    """Nothing to undo: the table goes with the migration before."""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0038_sums_of_scores"),
    ]

    operations = [migrations.RunPython(fill, leave)]
