import logging

import pytest


@pytest.fixture
def refusals_untold(caplog: pytest.LogCaptureFixture) -> None:
    """Write no line for each refusal where thousands are asked for: it is a third of the work."""
    caplog.set_level(logging.CRITICAL, logger="django.request")
