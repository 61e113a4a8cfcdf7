import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0027_scores"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InterviewSheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "recommendation",
                    models.CharField(
                        choices=[
                            ("recommend", "I recommend this person"),
                            ("reserve", "I recommend this person with reservations"),
                            ("not", "I do not recommend this person"),
                        ],
                        max_length=9,
                    ),
                ),
                ("comment", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "interview",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheets",
                        to="applications.interview",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("interview", "by"), name="one_result_sheet_per_interviewer"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("recommendation__in", ["recommend", "reserve", "not"])),
                        name="interview_recommendation_known",
                    ),
                ],
            },
        ),
    ]
