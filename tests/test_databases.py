"""What a test that commits leaves behind: nothing."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from applications.models import Status
from tests.applicants import make_application
from tests.databases import MIGRATED

pytestmark = pytest.mark.both_databases


@pytest.mark.django_db(transaction=True)
def test_emptied_tables_hold_no_row_but_those_of_the_framework():
    make_application(status=Status.IN_SCREENING)

    call_command("flush", interactive=False, verbosity=0)

    filled = {model for model in apps.get_models() if model._default_manager.exists()}
    assert filled == {ContentType, Permission}


@pytest.mark.django_db
def test_process_writes_to_a_database_of_its_own():
    assert MIGRATED not in str(connection.settings_dict["NAME"])
