import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0026_retention"),
        ("positions", "0008_told_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Criterion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("help", models.CharField(blank=True, max_length=300)),
                ("weight", models.PositiveSmallIntegerField(default=1)),
                ("least", models.PositiveSmallIntegerField(default=1)),
                ("most", models.PositiveSmallIntegerField(default=5)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="criteria",
                        to="positions.recruitmentround",
                        to_field="slug",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "criteria",
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ScoreSheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("comment", models.TextField(blank=True)),
                ("set_aside_at", models.DateTimeField(blank=True, null=True)),
                ("why_set_aside", models.TextField(blank=True)),
                (
                    "application",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="score_sheets",
                        to="applications.application",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set_aside_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("value", models.PositiveSmallIntegerField()),
                ("weight", models.PositiveSmallIntegerField()),
                ("least", models.PositiveSmallIntegerField()),
                ("most", models.PositiveSmallIntegerField()),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="applications.criterion",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="applications.scoresheet",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(
                fields=("round", "name"), name="criterion_is_once_in_a_round"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__range", (1, 100))), name="criterion_weight_in_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.CheckConstraint(
                condition=models.Q(("most__gt", models.F("least")), ("most__lte", 100)),
                name="criterion_scale_goes_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="criterion_has_a_name"
            ),
        ),
        migrations.AddIndex(
            model_name="scoresheet",
            index=models.Index(fields=["application"], name="score_sheet_of_a_file"),
        ),
        migrations.AddConstraint(
            model_name="scoresheet",
            constraint=models.UniqueConstraint(
                condition=models.Q(("set_aside_at", None)),
                fields=("application", "by"),
                name="one_score_counts_per_reviewer_and_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoresheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("set_aside_at", None), ("set_aside_by", None), ("why_set_aside", "")),
                    models.Q(
                        ("set_aside_at__gte", models.F("at")),
                        ("set_aside_by__isnull", False),
                        ("why_set_aside__regex", "\\S"),
                    ),
                    _connector="OR",
                ),
                name="score_is_set_aside_by_somebody_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="mark",
            constraint=models.UniqueConstraint(
                fields=("sheet", "criterion"), name="one_mark_per_criterion_of_a_sheet"
            ),
        ),
        migrations.AddConstraint(
            model_name="mark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("most__gt", models.F("least")),
                    ("value__gte", models.F("least")),
                    ("value__lte", models.F("most")),
                ),
                name="mark_is_within_its_scale",
            ),
        ),
        migrations.AddConstraint(
            model_name="mark",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__range", (1, 100))), name="mark_weight_in_range"
            ),
        ),
    ]
