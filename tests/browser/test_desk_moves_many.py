"""The whole list is moved in the background, watched by somebody; its pages as they are."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from applications.domain import access
from applications.domain.review import bulk_work, scoring
from applications.domain.review.scoring import Line
from applications.models import BulkMove, Status
from jetportal.accounts.models import SignIn
from tests.applicants import SENT_AT, assign, make_office, make_staff
from tests.applications.desk import LIST, sent
from tests.browser.inspecting import Inspector

pytestmark = pytest.mark.django_db(transaction=True)


def test_whole_list_is_moved_while_somebody_looks(
    inspector: Inspector, page: Page, enter, settings, monkeypatch
):
    settings.DEMO = True
    monkeypatch.setattr("applications.admin.bulk.MOST", 1)
    files = [sent(number) for number in range(3)]
    sent(4, status=Status.WITHDRAWN)
    files[0].documents.filter(slot="citizenship").update(scan="refused", scanned_at=SENT_AT)
    scoring.set_rubric(files[0].round_id, [Line("All", "", 1, 0, 100)], by=make_office())
    for number, value in enumerate((20, 90)):
        reviewer = make_staff(f"reviewer{number}@example.org", access.REVIEWERS)
        assign(files[1], reviewer)
        marks = {files[1].round.criteria.get().pk: value}
        scoring.give(files[1].pk, marks, comment="", by=reviewer, at=SENT_AT)
    office = make_staff("office@example.org", access.PROGRAM_OFFICE, is_superuser=True)
    SignIn.objects.create(event="refused", method="code", network="203.0.113.9", at=SENT_AT)
    enter(office)

    inspector.visit(LIST)
    page.get_by_role("combobox", name="Action:").select_option("move_to_in_screening")
    page.get_by_role("button", name="Preview for the whole list").click()
    bulk = f"/admin/applications/bulkmove/{BulkMove.objects.get().key}/"
    inspector.visit(bulk)
    page.get_by_role("button", name="Do it for 3").click()
    expect(page.get_by_role("link", name="Look again")).to_be_visible()
    inspector.visit(bulk)
    assert bulk_work.carry_out_due(now=lambda: datetime.now(UTC)) == 3

    expect(page.get_by_text("3 moved to in screening")).to_be_visible()  # without a click
    expect(page.get_by_role("link", name="Look again")).to_have_count(0)
    inspector.visit(bulk, "/admin/applications/bulkmove/", "/admin/accounts/signin/")
