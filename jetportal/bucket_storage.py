"""Files in a bucket. Django streams them: no address of the bucket is ever handed out."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

CONNECT, READ, TRIES = 3, 10, 2  # seconds, seconds, times: a request waits for it
MISSING = {"404", "NoSuchKey"}


class BucketStorage(S3Storage):  # type: ignore[misc]  # the library brings no types
    """Says in words of the operating system what went wrong, and reads a file in one request."""

    def get_default_settings(self) -> dict[str, Any]:
        config = Config(
            connect_timeout=CONNECT,
            read_timeout=READ,
            retries={"total_max_attempts": TRIES},
            s3={"addressing_style": "path"},
            signature_version="s3v4",
        )
        return {**super().get_default_settings(), "client_config": config, "querystring_expire": 60}

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        """Return the whole file; raises FileNotFoundError, or OSError where the bucket is away."""
        if mode != "rb":
            raise ValueError("files of a bucket are written by save()")
        with _said():
            key = self._normalize_name(name)
            content = self.bucket.Object(key).get()["Body"].read()
        return File(BytesIO(content), name)

    def _save(self, name: str, content: "File[bytes]") -> str:
        with _said():
            return str(super()._save(name, content))

    def exists(self, name: str) -> bool:
        with _said():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with _said():
            super().delete(name)


@contextmanager
def _said() -> Iterator[None]:
    """Turn what the library raises into OSError, without its words: they tell keys."""
    try:
        yield
    except ClientError as problem:
        code = problem.response.get("Error", {}).get("Code", "")
        if code in MISSING:
            raise FileNotFoundError from None
        raise OSError(f"bucket answered {code}") from None
    except BotoCoreError as problem:
        raise OSError(f"bucket is away: {type(problem).__name__}") from None
