from django.urls import path

from applications.exports import copies
from applications.views import (
    asked,
    corrections,
    documents,
    entries,
    fill,
    parked,
    referees,
    reply,
    send,
    start,
)
from applications.views.autosave import autosave, autosave_entry
from applications.views.eligibility import own_check
from applications.views.interview import calendar
from applications.views.purpose import preview
from applications.views.reapplying import start_from

app_name = "applications"

urlpatterns = [
    path("", start.index, name="list"),
    path("start/<slug:slug>/", start.start, name="start"),
    path("start/<slug:slug>/from/", start_from, name="start_from"),
    path("files/<uuid:document_key>/", documents.download, name="document"),
    path("<uuid:key>/", fill.tasks, name="tasks"),
    path("<uuid:key>/eligibility/", own_check, name="eligibility"),
    path("<uuid:key>/check/", send.check, name="check"),
    path("<uuid:key>/submit/", send.submit, name="submit"),
    path("<uuid:key>/receipt/", send.receipt, name="receipt"),
    path("<uuid:key>/interview.ics", calendar, name="interview_calendar"),
    path("<uuid:key>/copy/", copies.download, name="copy"),
    path("<uuid:key>/answers/", send.answers, name="answers"),
    path("<uuid:key>/change-contact/", corrections.change_contact, name="change_contact"),
    path("<uuid:key>/correct/", corrections.index, name="corrections"),
    path("<uuid:key>/correct/<slug:section_key>/", corrections.correct, name="correct"),
    path("<uuid:key>/asked/<slug:slot>/", asked.document, name="asked_document"),
    path("<uuid:key>/withdraw/", send.withdraw, name="withdraw"),
    path("<uuid:key>/take-back/", send.take_back, name="take_back"),
    path("<uuid:key>/answer/<slug:target>/", send.answer, name="answer"),
    path("<uuid:key>/reply/", reply.reply, name="reply"),
    path("<uuid:key>/discard/", fill.discard, name="discard"),
    path("<uuid:key>/<slug:section_key>/after/", fill.after, name="after"),
    path("<uuid:key>/<slug:section_key>/autosave/", autosave, name="autosave"),
    path("<uuid:key>/purpose/preview/", preview, name="purpose_preview"),
    path("<uuid:key>/documents/", documents.index, name="documents"),
    path("<uuid:key>/documents/<slug:slot>/", documents.upload, name="upload"),
    path(
        "<uuid:key>/documents/<uuid:document_key>/replace/",
        documents.replace,
        name="replace_document",
    ),
    path(
        "<uuid:key>/documents/<uuid:document_key>/remove/",
        documents.remove,
        name="remove_document",
    ),
    path("<uuid:key>/references/", referees.index, name="references"),
    path("<uuid:key>/references/add/", referees.add, name="add_referee"),
    path("<uuid:key>/references/<uuid:referee_key>/", referees.change, name="referee"),
    path(
        "<uuid:key>/references/<uuid:referee_key>/remove/",
        referees.remove,
        name="remove_referee",
    ),
    path(
        "<uuid:key>/references/<uuid:referee_key>/replace/",
        referees.replace,
        name="replace_referee",
    ),
    path(
        "<uuid:key>/references/<uuid:referee_key>/address/",
        referees.correct_address,
        name="correct_address",
    ),
    path("<uuid:key>/references/<uuid:referee_key>/send/", referees.send, name="send_request"),
    path("<uuid:key>/references/<uuid:referee_key>/again/", referees.send_again, name="send_again"),
    path("<uuid:key>/<slug:section_key>/parked/<int:pk>/drop/", parked.drop, name="drop_parked"),
    path(
        "<uuid:key>/<slug:section_key>/<slug:list_key>/add/",
        entries.add,
        name="add_entry",
    ),
    path(
        "<uuid:key>/<slug:section_key>/<slug:list_key>/<slug:entry_id>/",
        entries.entry,
        name="entry",
    ),
    path(
        "<uuid:key>/<slug:section_key>/<slug:list_key>/<slug:entry_id>/autosave/",
        autosave_entry,
        name="autosave_entry",
    ),
    path(
        "<uuid:key>/<slug:section_key>/<slug:list_key>/<slug:entry_id>/remove/",
        entries.remove,
        name="remove_entry",
    ),
    path("<uuid:key>/<slug:section_key>/", fill.section, name="section"),
]
