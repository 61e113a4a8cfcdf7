"""Whole pages in the memory of this process, bounded, with their compressed forms beside them."""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import brotli

from jetportal.pagecache.pages import PublicPage
from jetportal.pagecache.windows import Window

MOST_PAGES = 512
MOST_BYTES = 16 * 1024 * 1024
TURNS = 64

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptPage:
    """One page as it leaves: a body per encoding, its tag, and when it is right."""

    bodies: Mapping[str, bytes]
    content_type: str
    etag: str
    window: Window
    kept_until: datetime
    generation: int
    headers: Mapping[str, str]

    @property
    def size(self) -> int:
        return sum(map(len, self.bodies.values()))

    def serves(self, at: datetime, generation: int) -> bool:
        """Tell whether a request that arrived at `at` may see this page."""
        return self.generation == generation and at < self.kept_until and self.window.holds(at)


def pack(page: PublicPage, *, generation: int, kept_until: datetime) -> KeptPage:
    body = page.content
    return KeptPage(
        bodies={
            "br": brotli.compress(body, quality=5),
            "gzip": gzip.compress(body, compresslevel=6, mtime=0),
            "": body,
        },
        content_type=page.headers["Content-Type"],
        etag=f'W/"{hashlib.sha256(body).hexdigest()[:20]}"',
        window=page.window,
        kept_until=kept_until,
        generation=generation,
        headers=page.kept_headers,
    )


class PageStore:
    """The most recently used pages, up to a number and a size; safe between threads."""

    def __init__(self, *, most_pages: int = MOST_PAGES, most_bytes: int = MOST_BYTES) -> None:
        self._most_pages = most_pages
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._turns = [threading.Lock() for _ in range(TURNS)]
        self.clear()

    def clear(self) -> None:
        self._pages: OrderedDict[Key, KeptPage] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Key) -> KeptPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Key, page: KeptPage) -> None:
        """Keep `page`, and let go of the pages that were not asked for the longest."""
        with self._lock:
            self._let_go(key)
            self._pages[key] = page
            self._bytes += page.size
            while len(self._pages) > self._most_pages or self._bytes > self._most_bytes:
                self._let_go(next(iter(self._pages)))

    def _let_go(self, key: Key) -> None:
        if page := self._pages.pop(key, None):
            self._bytes -= page.size

    def turn(self, key: Key) -> threading.Lock:
        """Return the lock under which a page of this key is rendered (few keys share one)."""
        return self._turns[hash(key) % TURNS]
