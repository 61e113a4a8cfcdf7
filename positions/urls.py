from django.urls import path, re_path

from positions import views
from positions.feeds import views as feeds

app_name = "positions"
urlpatterns = [
    path("", views.home, name="home"),
    path("positions/", views.positions, name="positions"),
    re_path(r"^positions/(?P<slug>alt|cir|sea)/$", views.position, name="position"),
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/feed.atom", feeds.feed, name="feed"),
    path("rounds/deadlines.ics", feeds.deadlines, name="deadline_calendars"),
    path("rounds/<slug:slug>/", views.round_page, name="round"),
    path("rounds/<slug:slug>/deadline.ics", feeds.deadline, name="deadline_calendar"),
    path("api/", feeds.about, name="api"),
    path("api/v1/rounds.json", feeds.rounds, name="rounds_json"),
    path("deadlines/", views.deadlines, name="deadlines"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("time", views.server_time, name="time"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
]
