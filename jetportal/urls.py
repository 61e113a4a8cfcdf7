"""All addresses. Public pages first: they know no session."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from applications.exports import own_data
from applications.views.eligibility import check as eligibility
from applications.views.questions import questions
from applications.views.verify import verify
from jetportal import health, icon

handler400 = "jetportal.refusals.bad_request"

urlpatterns = [
    path("", include("positions.urls")),
    path("rounds/<slug:slug>/questions/", questions, name="round_questions"),
    path("rounds/<slug:slug>/eligibility/", eligibility, name="round_eligibility"),
    path("applications/", include("applications.urls")),
    path("references/", include("applications.reference_urls")),
    path("verify/", verify, name="verify"),
    path("accounts/data/", own_data.show, name="own_data"),
    path("accounts/data/file/", own_data.download, name="own_data_file"),
    path("accounts/data/erasure/", own_data.ask_erasure, name="own_data_erasure"),
    path("accounts/", include("jetportal.accounts.urls")),
    path("admin/", admin.site.urls),
    path("health/", health.health, name="health"),
    path("favicon.ico", icon.icon, name="icon"),
]

if settings.MAIL_PAGE:
    urlpatterns += [path("development/mail/", include("jetportal.mail.urls"))]
