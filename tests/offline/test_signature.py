"""Signatures that are read, clocks that are compared, secrets that are checked."""

import datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, HeadersDict
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.errors import Refusal
from bedrock_helpers.offline.signature import (
    TOLERANCE,
    Signature,
    check_clock,
    check_secret,
    read_signature,
)

KEY, SECRET = "AKIDEXAMPLE", "a secret of 26 characters."
URL = "http://127.0.0.1:8787/model/amazon.nova-micro-v1%3A0/converse"
NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
ONE_SECOND = datetime.timedelta(seconds=1)


def signed(url=URL, method="POST", body=b"{}", secret=SECRET, token=None, **headers):
    """A request's headers, with the signature botocore gives it."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    request = AWSRequest(method, url, headers=given, data=body)
    signer = SigV4Auth(Credentials(KEY, secret, token), "bedrock", "us-east-1")
    signer.add_auth(request)
    prepared = request.prepare()
    host = url.split("/")[2]
    return HeadersDict({"Host": host, **dict(prepared.headers.items())})


def check(headers, url=URL, method="POST", body=b"{}", secret=SECRET):
    """Check a request as the server does."""
    check_secret(read_signature(headers), secret, method, url, headers, body)


def refused(function, *arguments, **options):
    """The refusal a call ends in."""
    with pytest.raises(Refusal) as caught:
        function(*arguments, **options)
    assert caught.value.status == 403
    return caught.value


def changed(headers, **values):
    """Headers with some values changed."""
    new = {name.replace("_", "-"): value for name, value in values.items()}
    return HeadersDict({**dict(headers.items()), **new})


def at(moment):
    """Headers of a request signed at a moment."""
    return {"X-Amz-Date": moment.strftime("%Y%m%dT%H%M%SZ")}


def test_a_signature_says_who_signed_for_what():
    found = read_signature(signed())
    assert (found.access_key, found.region, found.service) == (
        KEY,
        "us-east-1",
        "bedrock",
    )
    assert found.signed_headers == ("host", "x-amz-date") and len(found.value) == 64


@pytest.mark.parametrize("key", ["abc", "bedrock-api-key-YWJj=", "a b"])
def test_an_api_key_is_read_and_leaves_the_rest_empty(key):
    found = read_signature({"Authorization": f"Bearer {key}"})
    assert found == Signature(api_key=key)


def test_a_signature_is_shown_without_the_api_key():
    found = read_signature({"Authorization": "Bearer ABSKsecret"})
    assert found.api_key == "ABSKsecret" and "secret" not in repr(found)


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}])
def test_a_request_without_a_signature_lacks_a_token(headers):
    assert refused(read_signature, headers).code == (
        "MissingAuthenticationTokenException"
    )


@pytest.mark.parametrize(
    "given",
    [
        "Bearer",
        "Bearer  ",
        "Basic YTpi",
        "bearer abc",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b",
        "AWS4-ECDSA-P256-SHA256 Credential=a/20261124/bedrock/aws4_request",
        "\xff\xfe",
    ],
)
def test_what_is_neither_signature_nor_api_key_is_quoted(given):
    stop = refused(read_signature, {"Authorization": given})
    assert stop.code == "IncompleteSignatureException" and given in stop.text


def test_of_a_very_long_header_only_the_start_is_quoted():
    stop = refused(read_signature, {"Authorization": "x" * 100_000})
    assert len(stop.text) < 300


def test_a_signature_in_bytes_is_read_as_well():
    headers = dict(signed().items())
    raw = {name: value.encode() for name, value in headers.items()}
    assert read_signature(raw) == read_signature(headers)


@pytest.mark.parametrize("apart", [TOLERANCE, -TOLERANCE, TOLERANCE - TOLERANCE])
def test_five_minutes_to_the_second_are_not_too_far(apart):
    check_clock(at(NOW + apart), NOW)


def test_a_clock_more_than_five_minutes_behind_is_refused_with_both_times():
    stop = refused(check_clock, at(NOW - TOLERANCE - ONE_SECOND), NOW)
    assert stop.code == "InvalidSignatureException"
    assert stop.text == (
        "Signature expired: 20261124T115459Z is now earlier than 20261124T115500Z "
        "(20261124T120000Z - 5 min.)"
    )


def test_a_clock_more_than_five_minutes_ahead_is_refused_with_both_times():
    stop = refused(check_clock, at(NOW + TOLERANCE + ONE_SECOND), NOW)
    assert stop.code == "InvalidSignatureException"
    assert "not yet current: 20261124T120501Z is still later" in stop.text


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Amz-Date": "yesterday"}, {"X-Amz-Date": "20261324T000000Z"}],
)
def test_a_signature_without_a_readable_time_is_incomplete(headers):
    stop = refused(check_clock, headers, NOW)
    assert stop.code == "IncompleteSignatureException"
    assert "X-Amz-Date" in stop.text


def test_what_botocore_signed_with_the_key_is_accepted():
    check(signed())


def test_a_session_token_may_be_signed_along():
    check(signed(token="a session's token"))


def test_another_secret_is_refused_in_aws_own_words():
    stop = refused(check, signed(secret="another secret of mine"))
    assert stop.code == "InvalidSignatureException"
    assert "does not match the signature you provided" in stop.text


@pytest.mark.parametrize(
    "change",
    [
        {"body": b"{ }"},
        {"method": "PUT"},
        {"url": URL + "-stream"},
        {"url": URL + "?a=b"},
        {"url": URL.replace("%3A", ":")},
    ],
)
def test_what_was_changed_on_the_way_is_refused(change):
    assert refused(check, signed(), **change).code == "InvalidSignatureException"


def test_a_signed_header_must_not_change():
    headers = signed(X_Amzn_Bedrock_Trace="ENABLED")
    check(headers)
    refused(check, changed(headers, X_Amzn_Bedrock_Trace="DISABLED"))
    refused(check, changed(headers, Host="127.0.0.1:1"))
    refused(check, changed(headers, X_Amz_Date="20261124T000000Z"))


def test_a_header_that_was_not_signed_may_be_added():
    check(changed(signed(), X_Forwarded_For="127.0.0.1"))


def test_a_claimed_checksum_of_the_body_must_be_right():
    headers = signed(X_Amz_Content_SHA256="0" * 64)
    refused(check, headers)


def test_the_key_itself_is_taken_as_an_api_key():
    check({"Authorization": f"Bearer {SECRET}"})


@pytest.mark.parametrize("key", ["x", SECRET + "x", SECRET[:-1], "\xff"])
def test_another_api_key_is_refused_in_aws_own_words(key):
    stop = refused(check, {"Authorization": f"Bearer {key}"})
    assert stop.code == "AccessDeniedException"
    assert stop.text.startswith("Authentication failed:")


def test_over_http2_the_host_may_be_signed_as_authority():
    """As AWS's SDK for JavaScript does: it signs the name HTTP/2 gives the header."""
    headers = signed()
    named = headers["Authorization"].replace("=host;", "=:authority;")
    signature = read_signature({"Authorization": named})
    assert signature.signed_headers == (":authority", "x-amz-date")
    request = AWSRequest("POST", URL, {":authority": "127.0.0.1:8787"}, b"{}")
    request.headers["x-amz-date"] = headers["X-Amz-Date"]
    request.context["timestamp"] = headers["X-Amz-Date"]
    signer = _AuthorityAuth(Credentials(KEY, SECRET), "bedrock", "us-east-1")
    canonical = signer.canonical_request(request)
    value = signer.signature(signer.string_to_sign(request, canonical), request)
    start = named.rpartition("=")[0]
    check(changed(headers, Authorization=f"{start}={value}"))
    refused(check, changed(headers, Authorization=f"{start}={value}", Host="a:1"))


class _AuthorityAuth(SigV4Auth):
    """botocore's signer, which adds no ``Host`` of its own."""

    def headers_to_sign(self, request):
        return request.headers


paths = st.lists(
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)
    | st.sampled_from(["a.b-v1%3A0", "~", "a%2Fb", "%C3%A4", "..", "a b"]),
    max_size=4,
).map("/".join)
queries = st.lists(
    st.tuples(st.sampled_from("abB"), st.sampled_from(["", "1", "%20", "~-_.", "%3D"])),
    max_size=3,
).map(lambda pairs: "&".join("=".join(pair) for pair in pairs))
values = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)


@st.composite
def requests(draw):
    """A method, an address, a body and headers."""
    query = draw(queries)
    url = f"http://127.0.0.1:8787/{draw(paths)}" + (f"?{query}" if query else "")
    method = draw(st.sampled_from(["GET", "POST", "PUT", "DELETE"]))
    return method, url.replace(" ", "%20"), draw(st.binary(max_size=50)), draw(values)


@given(requests())
def test_any_request_botocore_signs_is_accepted_and_any_change_refused(request):
    method, url, body, value = request
    headers = signed(url, method, body, X_Amz_Meta=value)
    right = {"url": url, "method": method, "body": body}
    check(headers, **right)
    path, question, query = url.partition("?")
    for change in (
        {"method": "PATCH"},
        {"body": body + b"."},
        {"url": f"{path}z{question}{query}"},
        {"url": f"{path}?{query}&z=1"},
        {"secret": SECRET + "."},
    ):
        refused(check, headers, **{**right, **change})
    refused(check, changed(headers, X_Amz_Meta=value + "."), **right)
    other = "0" if headers["Authorization"][-1] != "0" else "1"
    forged = headers["Authorization"][:-1] + other
    refused(check, changed(headers, Authorization=forged), **right)
