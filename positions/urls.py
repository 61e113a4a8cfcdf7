from django.urls import path, re_path

from positions import views

app_name = "positions"
urlpatterns = [
    path("", views.home, name="home"),
    path("positions/", views.positions, name="positions"),
    re_path(r"^positions/(?P<slug>alt|cir|sea)/$", views.position, name="position"),
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/<slug:slug>/", views.round_page, name="round"),
    path("deadlines/", views.deadlines, name="deadlines"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("time", views.server_time, name="time"),
    path("robots.txt", views.robots, name="robots"),
]
