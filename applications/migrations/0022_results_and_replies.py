import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0021_documents_in_slots"),
        ("positions", "0008_told_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ResultBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=90, unique=True)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("interview", "Invitations to interview"),
                            ("final", "Final results"),
                        ],
                        max_length=9,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("release_at", models.DateTimeField(blank=True, null=True)),
                (
                    "replies_until",
                    models.DateTimeField(
                        blank=True, help_text="The first instant that is late.", null=True
                    ),
                ),
                (
                    "over_seats",
                    models.TextField(blank=True, verbose_name="why more than the seats"),
                ),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="result_batches",
                        to="positions.recruitmentround",
                        to_field="slug",
                    ),
                ),
            ],
            options={
                "verbose_name": "release of results",
                "verbose_name_plural": "releases of results",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="ReleaseStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("approved", "Approved"),
                            ("taken_back", "Taken back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="applications.resultbatch",
                        to_field="key",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("interview", "Invitations to interview"),
                            ("final", "Final results"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("interview_offered", "Interview offered"),
                            ("not_selected", "Not selected"),
                            ("short_listed", "Short-listed"),
                            ("alternate", "Alternate"),
                        ],
                        max_length=20,
                    ),
                ),
                ("rank", models.PositiveIntegerField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("moved", models.BooleanField(blank=True, null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="applications.application",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "vacancy",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="positions.vacancy",
                        to_field="key",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="applications.resultbatch",
                        to_field="key",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ResultSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reply_days", models.PositiveSmallIntegerField(default=14)),
                ("upgrade_reply_days", models.PositiveSmallIntegerField(default=7)),
                ("alternates_until", models.DateTimeField(blank=True, null=True)),
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="result_settings",
                        to="positions.recruitmentround",
                        to_field="slug",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "result settings",
            },
        ),
        migrations.CreateModel(
            name="SeatEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "gave_back",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "nothing"),
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("listed", "On the alternate list"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "took",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "nothing"),
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("listed", "On the alternate list"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seat_events",
                        to="applications.application",
                    ),
                ),
                (
                    "change",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seat_event",
                        to="applications.statuschange",
                    ),
                ),
                (
                    "vacancy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seat_events",
                        to="positions.vacancy",
                        to_field="key",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="DecisionChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("interview", "Invitations to interview"),
                            ("final", "Final results"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("interview_offered", "Interview offered"),
                            ("not_selected", "Not selected"),
                            ("short_listed", "Short-listed"),
                            ("alternate", "Alternate"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision_history",
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
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("outcome__in", ["", "interview_offered", "not_selected"]),
                                ("stage", "interview"),
                            ),
                            models.Q(
                                ("outcome__in", ["", "short_listed", "alternate", "not_selected"]),
                                ("stage", "final"),
                            ),
                            _connector="OR",
                        ),
                        name="decision_change_is_one_of_its_stage",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReplyForm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "asked",
                    models.CharField(
                        choices=[("short_listed", "Short-listed"), ("alternate", "Alternate")],
                        max_length=20,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accept", "I accept the offer"),
                            ("decline", "I decline the offer"),
                            ("keep", "I stay on the alternate list"),
                            ("leave", "I leave the alternate list"),
                        ],
                        max_length=7,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "late_answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accept", "I accept the offer"),
                            ("decline", "I decline the offer"),
                            ("keep", "I stay on the alternate list"),
                            ("leave", "I leave the alternate list"),
                        ],
                        max_length=7,
                    ),
                ),
                ("late_at", models.DateTimeField(blank=True, null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reply_forms",
                        to="applications.application",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)),
                        fields=["until_at"],
                        name="reply_form_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("asked__in", ("short_listed", "alternate"))),
                        name="reply_form_asks_about_a_result",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("application",),
                        name="one_reply_form_waits_per_application",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_at__gt", models.F("opened_at"))),
                        name="reply_form_ends_after_it_opens",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer", ""),
                            models.Q(
                                ("closed_at__isnull", False),
                                models.Q(
                                    models.Q(
                                        ("answer__in", ["accept", "decline"]),
                                        ("asked", "short_listed"),
                                    ),
                                    models.Q(
                                        ("answer__in", ["keep", "leave"]), ("asked", "alternate")
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="reply_answers_what_was_asked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("late_answer", ""), ("late_at", None)),
                            models.Q(
                                ("late_answer__in", ["accept", "decline", "keep", "leave"]),
                                ("late_at__gte", models.F("until_at")),
                            ),
                            _connector="OR",
                        ),
                        name="late_reply_came_after_the_end",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="resultbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage__in", ["interview", "final"])),
                name="result_batch_stage_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.StartsWith(
                        models.F("key"),
                        django.db.models.functions.text.Concat(
                            models.F("round"),
                            models.Value("/"),
                            models.F("stage"),
                            models.Value("/"),
                        ),
                    ),
                    models.Q(("number__gte", 1)),
                ),
                name="result_batch_key_names_round_and_stage",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultbatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at", None)),
                fields=("round", "stage"),
                name="one_result_batch_at_work_per_round_and_stage",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_at", None),
                        ("asked_at", None),
                        ("asked_by", None),
                        ("release_at", None),
                        ("over_seats", ""),
                        ("replies_until", None),
                    ),
                    models.Q(
                        ("asked_at__isnull", False),
                        ("asked_by__isnull", False),
                        ("release_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="result_batch_is_asked_for_as_a_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at", None), ("approved_by", None)),
                    models.Q(
                        ("approved_at__gte", models.F("asked_at")),
                        ("approved_by__isnull", False),
                        ("release_at__gte", models.F("approved_at")),
                    ),
                    _connector="OR",
                ),
                name="result_batch_is_approved_before_its_release",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", None),
                    models.Q(("approved_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="result_batch_needs_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("replies_until", None),
                    models.Q(("replies_until__gt", models.F("release_at")), ("stage", "final")),
                    _connector="OR",
                ),
                name="replies_are_due_after_the_release",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("finished_at", None),
                    models.Q(
                        ("approved_at__isnull", False), ("finished_at__gte", models.F("release_at"))
                    ),
                    _connector="OR",
                ),
                name="result_batch_is_finished_after_its_release",
            ),
        ),
        migrations.AddConstraint(
            model_name="releasestep",
            constraint=models.CheckConstraint(
                condition=models.Q(("what__in", ["asked", "approved", "taken_back"])),
                name="release_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                fields=("application", "stage"), name="one_decision_per_application_and_stage"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("outcome__in", ("interview_offered", "not_selected")),
                        ("stage", "interview"),
                    ),
                    models.Q(
                        ("outcome__in", ("short_listed", "alternate", "not_selected")),
                        ("stage", "final"),
                    ),
                    _connector="OR",
                ),
                name="decision_is_one_of_its_stage",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Contains(
                    models.F("batch"),
                    django.db.models.functions.text.Concat(
                        models.Value("/"), models.F("stage"), models.Value("/")
                    ),
                ),
                name="decision_leaves_with_a_batch_of_its_stage",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                fields=("vacancy", "rank"), name="no_two_alternates_share_a_rank"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "alternate"), ("rank__gte", 1)),
                    models.Q(models.Q(("outcome", "alternate"), _negated=True), ("rank", None)),
                    _connector="OR",
                ),
                name="alternates_and_they_alone_have_a_rank",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("moved", None), ("settled_at", None)),
                    models.Q(("moved__isnull", False), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="settled_decision_says_whether_it_moved",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reply_days__range", (1, 60)), ("upgrade_reply_days__range", (1, 60))
                ),
                name="days_to_answer_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="seatevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gave_back__in", ["", "offered", "accepted", "declined", "listed"]),
                    ("took__in", ["", "offered", "accepted", "declined", "listed"]),
                    models.Q(("gave_back", models.F("took")), _negated=True),
                ),
                name="seat_event_changes_something",
            ),
        ),
    ]
