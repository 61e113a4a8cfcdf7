from http.client import HTTPConnection

import pytest
from django.conf import settings


@pytest.mark.django_db(transaction=True)
def test_what_is_too_large_is_refused_by_the_server_of_development_as_well(live_server):
    line = HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=10)

    line.request("POST", "/accounts/login/", bytes(settings.MAX_FORM_BYTES + 1))
    refused = line.getresponse()

    assert refused.status == 413
    assert "This is too large to take" in refused.read().decode()
