"""The official lists at the desk: read, mended, never lost, and seen by readers at once."""

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from jetportal.accounts.models import User
from jetportal.pagecache.models import PageGeneration
from positions.models import Consulate, ContractingOrganization, Duty, PositionType, Sport
from tests.services import wait_until

pytestmark = pytest.mark.django_db

MODELS = ("positiontype", "consulate", "sport", "contractingorganization")
SEA = reverse("positions:position", args=["sea"])


@pytest.fixture
def staff(settings) -> Client:
    settings.DEMO = True
    call_command("load_catalogue", verbosity=0)
    user = User.objects.create_user("staff@jet.example", is_staff=True)
    names = [*MODELS, "duty", "requirement"]
    rights = [f"{right}_{name}" for right in ("add", "change", "view", "delete") for name in names]
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(user)
    return client


def page(model: str, name: str, *args: object) -> str:
    return reverse(f"admin:positions_{model}_{name}", args=args)


def as_sent(client: Client, url: str) -> dict[str, str]:
    """Return the answers of a form as a browser would send them back unchanged."""
    context = client.get(url).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    fields = [field for form in forms for field in form]
    return {field.html_name: "" if field.value() is None else field.value() for field in fields}


@pytest.mark.parametrize("model", MODELS)
def test_list_and_search_take_nonsense_calmly(staff, model):
    for query in ("", "?q=sea", "?q=%00", "?q=" + "x" * 2000, "?p=99999", "?o=9.9"):
        assert staff.get(page(model, "changelist") + query).status_code in {200, 302}
    assert staff.get(page(model, "changelist") + "?name=%00").status_code == 200
    assert staff.get(page(model, "change", "\x00")).status_code == 302


def test_duty_is_mended_and_its_page_shows_it(staff):
    url = page("positiontype", "change", "SEA")
    duty = Duty.objects.get(position_type="SEA", number=2)
    assert duty.text in Client().get(SEA).content.decode()
    answers = as_sent(staff, url)
    name = next(name for name, value in answers.items() if value == duty.text)

    response = staff.post(url, {**answers, name: "Train promising local athletes together."})

    assert response.status_code == 302, response.context["errors"]
    wait_until(
        lambda: "Train promising local athletes together." in Client().get(SEA).content.decode(),
        "the mended duty on the public page",
    )


def test_unchanged_form_changes_no_line_of_the_lists(staff):
    url = page("positiontype", "change", "CIR")
    before = list(Duty.objects.values())

    response = staff.post(url, as_sent(staff, url))

    assert response.status_code == 302, response.context["errors"]
    assert list(Duty.objects.values()) == before
    assert any(line["examples"] for line in before)


def test_examples_of_a_duty_are_typed_one_per_line(staff):
    url = page("positiontype", "change", "CIR")
    answers = as_sent(staff, url)

    staff.post(url, {**answers, "duties-0-examples": " Editing. \r\n\r\nInterpreting."})

    duty = Duty.objects.get(position_type="CIR", number=1)
    assert duty.examples == ["Editing.", "Interpreting."]


def test_code_of_a_consulate_is_fixed_and_consulates_stay(staff):
    url = page("consulate", "change", "boston")

    staff.post(url, {**as_sent(staff, url), "code": "other", "city": "Cambridge"})
    removed = staff.post(page("consulate", "delete", "boston"), {"post": "yes"})

    assert Consulate.objects.get(pk="boston").city == "Cambridge"
    assert removed.status_code == 403


def test_position_types_are_neither_added_nor_removed(staff):
    added = staff.get(page("positiontype", "add"))
    removed = staff.post(page("positiontype", "delete", "SEA"), {"post": "yes"})

    assert (added.status_code, removed.status_code) == (403, 403)
    assert PositionType.objects.count() == 3


def test_new_sport_and_organization_begin_a_new_generation_of_pages(staff):
    before = PageGeneration.objects.get().number

    staff.post(page("sport", "add"), {"name": "Archery"})
    values = {"name": "Ehime Board of Education", "prefecture": "Ehime"}
    staff.post(page("contractingorganization", "add"), values)

    assert Sport.objects.get().name == "Archery"
    assert str(ContractingOrganization.objects.get()) == "Ehime Board of Education, Ehime"
    assert PageGeneration.objects.get().number == before + 2


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_sports_takes_a_fixed_number_of_queries(staff, django_assert_num_queries, rows):
    for number in range(rows):
        Sport.objects.create(name=f"Sport {number}")

    with django_assert_num_queries(7):
        response = staff.get(page("sport", "changelist"))

    assert response.context["cl"].result_count == rows
