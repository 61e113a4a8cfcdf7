from django.urls import path, re_path

from positions import views, watch_views
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
    path("watch/", watch_views.watch, name="watch"),
    path("watch/sent/", watch_views.sent, name="watch_sent"),
    path("watch/confirm/<str:token>/", watch_views.confirm, name="watch_confirm"),
    path("watch/renew/<str:token>/", watch_views.renew, name="watch_renew"),
    path("watch/stop/<str:token>/", watch_views.stop, name="watch_stop"),
    path("time", views.server_time, name="time"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
]
