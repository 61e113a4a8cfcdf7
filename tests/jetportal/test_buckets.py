"""Which addresses name a bucket, and what is read from them."""

import pytest

from jetportal.buckets import bucket_options

WHERE = ("endpoint_url", "bucket_name", "location", "region_name", "access_key", "secret_key")


@pytest.mark.parametrize(
    ("address", "read"),
    [
        (
            "s3://AKIA:se%2Fcret@s3.eu-west-1.amazonaws.com/portal?region=eu-west-1",
            (
                "https://s3.eu-west-1.amazonaws.com",
                *("portal", "", "eu-west-1", "AKIA", "se/cret"),
            ),
        ),
        (
            "s3+http://[::1]:9000/portal/documents/of/2026/",
            ("http://[::1]:9000", "portal", "documents/of/2026", "us-east-1", None, None),
        ),
    ],
)
def test_address_of_a_bucket_says_where_and_as_whom(address, read):
    assert tuple(bucket_options(address)[name] for name in WHERE) == read


@pytest.mark.parametrize(
    "address",
    [
        *("", "portal", "s3://", "s3:///portal", "s3://host", "s3://host/", "https://host/portal"),
        *("s3://key@host/portal", "s3://:secret@host/portal", "s3://host:port/portal"),
        "s3://[::1/portal",
    ],
)
def test_what_names_no_bucket_is_not_taken(address):
    assert bucket_options(address) == {}


def test_no_file_takes_the_place_of_another():
    assert bucket_options("s3://host/portal")["file_overwrite"] is False
