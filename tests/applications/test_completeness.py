import pytest

from applications.domain.files import documents
from applications.domain.form import completeness, drafts
from applications.domain.form.completeness import Progress
from applications.models import Application
from tests.applicants import STARTED_AT, make_application
from tests.factories import make_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

ORDER = [
    *("position", "location", "identity", "contact", "household", "earlier", "driving"),
    *("education", "employment", "coaching", "abroad", "languages", "certificates", "activities"),
    *("purpose", "heard", "criminal", "medical", "grounds", "documents", "declarations"),
]
ORDER.insert(ORDER.index("documents"), "references")


def judged(application: Application) -> dict[str, Progress]:
    loaded = completeness.load(Application.objects.with_round().get(pk=application.pk))
    return {part.key: part.progress for part in completeness.judge(loaded)}


def save(application: Application, section: str, **answers: list[str]) -> completeness.Judgement:
    return drafts.save_section(
        application.key, section, answers, by=application.applicant, at=STARTED_AT
    )


def test_new_draft_has_nothing_started():
    application = make_application(filled=False)

    nothing = dict.fromkeys(ORDER, Progress.NOT_STARTED)
    assert judged(application) == {**nothing, "heard": Progress.NOT_NEEDED}


def test_filled_draft_is_complete_and_nothing_is_missing():
    application = make_application()

    assert judged(application) == dict.fromkeys(ORDER, Progress.COMPLETE)
    assert completeness.missing_parts(completeness.load(application)) == ()


def test_annual_round_asks_for_teaching_and_wishes_in_place_of_coaching():
    application = make_application(round_=make_round(slug="annual-2025"), filled=False)

    order = [{"coaching": "teaching"}.get(key, key) for key in ORDER]
    order.insert(order.index("heard"), "wishes")
    assert list(judged(application)) == order


def test_section_saved_empty_is_in_progress_and_names_every_field_that_is_missing():
    application = make_application(filled=False)

    part = save(application, "purpose", statement=[""])

    assert part.progress is Progress.IN_PROGRESS
    assert part.problems == (("Statement of Purpose", "Write your Statement of Purpose"),)


def test_wrong_answer_is_to_mend_and_kept():
    application = make_application()

    part = save(application, "purpose", statement=["word " * 651])

    assert part.progress is Progress.TO_MEND
    assert judged(application)["purpose"] is Progress.TO_MEND
    assert application.sections.get(section="purpose").answers == {"statement": ["word " * 651]}


def test_missing_document_is_named():
    application = make_application()
    document = application.documents.get(slot="citizenship")
    documents.remove(application.key, document.key, by=application.applicant)

    (part,) = completeness.missing_parts(completeness.load(application))

    assert (part.key, part.progress) == ("documents", Progress.IN_PROGRESS)
    assert part.problems == (("Proof of citizenship", "Add this document as a PDF"),)


def test_qualification_or_experience_is_enough():
    application = make_application()
    sport = ["Archery"]

    qualified = save(application, "coaching", sport=sport)
    row = application.sections.get(section="coaching")
    (qualification,) = row.entries["qualifications"]
    post = {"team": ["Team"], "since": ["2019-09"], "duties": ["Everything"]}

    application.sections.filter(section="coaching").update(entries={})
    neither = save(application, "coaching", sport=sport)
    experience = [{**qualification, "answers": post}]
    application.sections.filter(section="coaching").update(entries={"experience": experience})
    experienced = save(application, "coaching", sport=sport)

    assert (qualified.complete, neither.complete, experienced.complete) == (True, False, True)


def test_judging_reads_a_fixed_number_of_rows(django_assert_num_queries):
    application = Application.objects.with_round().get(pk=make_application().pk)

    with django_assert_num_queries(4):
        loaded = completeness.load(application)
    with django_assert_num_queries(1):  # the referees, whom a save of a section leaves alone
        completeness.judge(loaded)
        completeness.judge(loaded)


def test_optional_part_is_not_needed_until_it_is_opened():
    application = make_application()
    application.sections.filter(section="heard").delete()

    loaded = completeness.load(Application.objects.with_round().get())
    part = next(part for part in completeness.judge(loaded) if part.key == "heard")

    assert (part.progress, part.complete, part.needed) == (Progress.NOT_NEEDED, True, False)
    assert completeness.missing_parts(loaded) == ()
