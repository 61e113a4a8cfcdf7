"""The pages behind a referee's link. The link is the whole right: nobody signs in here."""

from django.urls import path

from applications.views import letter, letter_sending, references

app_name = "references"

urlpatterns = [
    path("<str:token>/", references.landing, name="landing"),
    path("<str:token>/start/", references.start, name="start"),
    path("<str:token>/write/", letter.write, name="write"),
    path("<str:token>/autosave/", letter.autosave, name="autosave"),
    path("<str:token>/preview/", letter_sending.preview, name="preview"),
    path("<str:token>/file/", letter_sending.file, name="file"),
    path("<str:token>/submit/", letter_sending.submit, name="submit"),
    path("<str:token>/received/", references.received, name="received"),
    path("<str:token>/decline/", references.decline, name="decline"),
    path("<str:token>/not-me/", references.not_me, name="not_me"),
    path("<str:token>/declined/", references.declined, name="declined"),
]
