

import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('positions', '0002_round_permissions'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='vacancy',
            name='sea_posts_only_in_sea_rounds',
        ),
        migrations.AddField(
            model_name='recruitmentround',
            name='archived_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='recruitmentround',
            name='documents_asked',
            field=models.TextField(blank=True, verbose_name='documents the notice asks for'),
        ),
        migrations.AddField(
            model_name='recruitmentround',
            name='special_requirements',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='vacancy',
            name='prefecture',
            field=models.CharField(blank=True, choices=[('Hokkaido', 'Hokkaido'), ('Aomori', 'Aomori'), ('Iwate', 'Iwate'), ('Miyagi', 'Miyagi'), ('Akita', 'Akita'), ('Yamagata', 'Yamagata'), ('Fukushima', 'Fukushima'), ('Ibaraki', 'Ibaraki'), ('Tochigi', 'Tochigi'), ('Gunma', 'Gunma'), ('Saitama', 'Saitama'), ('Chiba', 'Chiba'), ('Tokyo', 'Tokyo'), ('Kanagawa', 'Kanagawa'), ('Niigata', 'Niigata'), ('Toyama', 'Toyama'), ('Ishikawa', 'Ishikawa'), ('Fukui', 'Fukui'), ('Yamanashi', 'Yamanashi'), ('Nagano', 'Nagano'), ('Gifu', 'Gifu'), ('Shizuoka', 'Shizuoka'), ('Aichi', 'Aichi'), ('Mie', 'Mie'), ('Shiga', 'Shiga'), ('Kyoto', 'Kyoto'), ('Osaka', 'Osaka'), ('Hyogo', 'Hyogo'), ('Nara', 'Nara'), ('Wakayama', 'Wakayama'), ('Tottori', 'Tottori'), ('Shimane', 'Shimane'), ('Okayama', 'Okayama'), ('Hiroshima', 'Hiroshima'), ('Yamaguchi', 'Yamaguchi'), ('Tokushima', 'Tokushima'), ('Kagawa', 'Kagawa'), ('Ehime', 'Ehime'), ('Kochi', 'Kochi'), ('Fukuoka', 'Fukuoka'), ('Saga', 'Saga'), ('Nagasaki', 'Nagasaki'), ('Kumamoto', 'Kumamoto'), ('Oita', 'Oita'), ('Miyazaki', 'Miyazaki'), ('Kagoshima', 'Kagoshima'), ('Okinawa', 'Okinawa')], max_length=40),
        ),
        migrations.AddConstraint(
            model_name='recruitmentround',
            constraint=models.CheckConstraint(condition=models.Q(('archived_at', None), models.Q(('closes_at__lte', models.F('archived_at')), ('published_at__isnull', False)), ('cancelled_at__lte', models.F('archived_at')), _connector='OR'), name='only_a_round_that_is_over_is_archived'),
        ),
        migrations.AddConstraint(
            model_name='vacancy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(django.db.models.lookups.StartsWith(models.F('round'), models.Value('sea-')), ('position', 'SEA')), models.Q(django.db.models.lookups.StartsWith(models.F('round'), models.Value('annual-')), ('number', 1), ('organization', None), ('position__in', ['ALT', 'CIR']), ('posts', None), ('prefecture', ''), ('sport', None)), _connector='OR'), name='sea_posts_only_in_sea_rounds', violation_error_message='SEA belongs to SEA rounds, ALT and CIR to annual cycles.'),
        ),
        migrations.AddConstraint(
            model_name='vacancy',
            constraint=models.CheckConstraint(condition=models.Q(('prefecture', ''), models.Q(('organization', None), ('prefecture__in', ('Hokkaido', 'Aomori', 'Iwate', 'Miyagi', 'Akita', 'Yamagata', 'Fukushima', 'Ibaraki', 'Tochigi', 'Gunma', 'Saitama', 'Chiba', 'Tokyo', 'Kanagawa', 'Niigata', 'Toyama', 'Ishikawa', 'Fukui', 'Yamanashi', 'Nagano', 'Gifu', 'Shizuoka', 'Aichi', 'Mie', 'Shiga', 'Kyoto', 'Osaka', 'Hyogo', 'Nara', 'Wakayama', 'Tottori', 'Shimane', 'Okayama', 'Hiroshima', 'Yamaguchi', 'Tokushima', 'Kagawa', 'Ehime', 'Kochi', 'Fukuoka', 'Saga', 'Nagasaki', 'Kumamoto', 'Oita', 'Miyazaki', 'Kagoshima', 'Okinawa'))), _connector='OR'), name='a_known_organization_has_its_own_prefecture', violation_error_message='The organization says which prefecture: leave it empty.'),
        ),
    ]
