from django.apps import AppConfig


class PageCacheConfig(AppConfig):
    name = "jetportal.pagecache"
    label = "pagecache"
