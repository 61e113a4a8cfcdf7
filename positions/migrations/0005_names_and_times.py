import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('positions', '0004_watches'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='contractingorganization',
            name='one_organization_per_name_and_prefecture',
        ),
        migrations.RemoveConstraint(
            model_name='recruitmentround',
            name='only_a_published_round_is_cancelled',
        ),
        migrations.AddConstraint(
            model_name='contractingorganization',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), django.db.models.functions.text.Lower('prefecture'), name='one_organization_in_a_prefecture_per_name', violation_error_message='There is an organization of that name there already.'),
        ),
        migrations.AddConstraint(
            model_name='contractingorganization',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '\\S'), ('prefecture__regex', '\\S')), name='organization_has_a_name_and_a_prefecture', violation_error_message='Give name and prefecture.'),
        ),
        migrations.AddConstraint(
            model_name='recruitmentround',
            constraint=models.CheckConstraint(condition=models.Q(('cancelled_at', None), models.Q(('cancelled_at__gte', models.F('published_at')), ('published_at__isnull', False)), _connector='OR'), name='only_a_published_round_is_cancelled'),
        ),
        migrations.AddConstraint(
            model_name='recruitmentround',
            constraint=models.CheckConstraint(condition=models.Q(('published_at', None), ('published_at__lt', models.F('closes_at')), _connector='OR'), name='round_is_shown_before_it_closes'),
        ),
        migrations.AddConstraint(
            model_name='sport',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='one_sport_per_name', violation_error_message='There is a sport of that name already.'),
        ),
        migrations.AddConstraint(
            model_name='sport',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '\\S')), name='sport_has_a_name', violation_error_message='Give the sport a name.'),
        ),
    ]
