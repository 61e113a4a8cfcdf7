"""Where files are stored when that is no folder: a bucket of S3, or of what speaks like it."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SCHEMES = {"s3": "https", "s3+http": "http"}
REGION = "us-east-1"


def bucket_options(address: str) -> dict[str, Any]:
    """Read `s3://KEY:SECRET@host/bucket/folder?region=...`; empty for what is no such address.

    `s3+http://` is for a server of the own network, without TLS. Without key and secret they come
    from the machine, as its provider gives them.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return {}
    bucket, _slash, folder = parts.path.strip("/").partition("/")
    if parts.scheme not in SCHEMES or not host or not bucket:
        return {}
    if bool(parts.username) != bool(parts.password):
        return {}
    place = f"[{host}]" if ":" in host else host
    return {
        "endpoint_url": f"{SCHEMES[parts.scheme]}://{place}" + (f":{port}" if port else ""),
        "bucket_name": bucket,
        "location": folder,
        "region_name": parse_qs(parts.query).get("region", [REGION])[0],
        "access_key": unquote(parts.username) if parts.username else None,
        "secret_key": unquote(parts.password) if parts.password else None,
        "addressing_style": "path",
        "signature_version": "s3v4",
        "file_overwrite": False,  # a key that is turned is written beside the earlier file
    }
