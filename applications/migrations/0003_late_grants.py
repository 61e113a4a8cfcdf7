import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """An own, later end for one person, and how far the mail about a change of a round has come."""

    dependencies = [
        ('applications', '0002_flat_search'),
        ('positions', '0003_notice_and_archive'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LateGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('until_at', models.DateTimeField(help_text='The first instant that is late.', verbose_name='until')),
                ('asked_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('set_aside_at', models.DateTimeField(blank=True, null=True)),
                ('applicant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='late_grants', to=settings.AUTH_USER_MODEL)),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='late_grants', to='positions.recruitmentround', to_field='slug')),
                ('set_aside_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-asked_at', '-pk'],
                'indexes': [models.Index(fields=['applicant', 'round', '-until_at'], name='late_grant_of_a_person'), models.Index(fields=['until_at'], name='late_grant_by_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='late_grant_has_a_reason'), models.CheckConstraint(condition=models.Q(('until_at__gt', models.F('asked_at')), models.Q(('approved_at', None), ('until_at__gt', models.F('approved_at')), _connector='OR')), name='late_grant_ends_in_the_future'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None)), models.Q(('approved_at__gte', models.F('asked_at')), ('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='late_grant_is_approved_by_somebody_after_it_was_asked_for'), models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('asked_by')), _negated=True), _connector='OR'), name='late_grant_needs_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('applicant', models.F('asked_by')), _negated=True), models.Q(('approved_by', None), models.Q(('applicant', models.F('approved_by')), _negated=True), _connector='OR')), name='nobody_grants_themselves'), models.CheckConstraint(condition=models.Q(models.Q(('set_aside_at', None), ('set_aside_by', None)), models.Q(('approved_at', None), ('set_aside_at__gte', models.F('asked_at')), ('set_aside_at__isnull', False), ('set_aside_by__isnull', False)), _connector='OR'), name='approved_late_grant_is_never_set_aside'), models.UniqueConstraint(condition=models.Q(('approved_at', None), ('set_aside_at', None)), fields=('applicant', 'round'), name='one_late_grant_waits_per_person_and_round')],
            },
        ),
        migrations.CreateModel(
            name='RoundChangeTold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('up_to', models.BigIntegerField(default=0)),
                ('count', models.PositiveIntegerField(default=0)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('change', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='applicants_told', to='positions.roundchange')),
            ],
            options={
                'verbose_name_plural': 'round changes told',
                'constraints': [models.CheckConstraint(condition=models.Q(('up_to__gte', 0)), name='told_from_the_first_on')],
            },
        ),
    ]
