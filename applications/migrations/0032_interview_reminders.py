from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0031_fill_ledger_of_seats"),
    ]

    operations = [
        migrations.AddField(
            model_name="interview",
            name="reminded_for",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reviewsettings",
            name="reminder_hours",
            field=models.PositiveSmallIntegerField(
                default=48, verbose_name="hours before an interview to remind its applicant"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("reminder_hours__range", (0, 336))),
                name="interview_reminder_comes_within_two_weeks",
            ),
        ),
    ]
