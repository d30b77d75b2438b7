from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from offhook.channels.twilio.signature import body_is_genuine, form_is_genuine, sign, upgrade_is_genuine

TOKEN = "12345"
FORM = [
    ("Digits", "1234"),
    ("To", "+18005551212"),
    ("From", "+14158675310"),
    ("Caller", "+14158675310"),
    ("CallSid", "CA1234567890ABCDE"),
]
JSON_URL = "https://example.com/myapp?bodySHA256=5ccde7145dfb8f56479710896586cb9d5911809d83afbe34627818790db0aec9"
JSON_BODY = b'{"CallSid":"CA1234567890ABCDE","Caller":"+12349013030"}'


@pytest.mark.parametrize(
    ("url", "params", "signature"),
    [
        ("https://example.com/myapp.php?foo=1&bar=2", FORM, "L/OH5YylLD5NRKLltdqwSvS0BnU="),
        ("https://example.com:443/myapp.php?foo=1&bar=2", FORM, "nbjTKFXyL7SOTAXZi6MWqyIuq40="),
        (JSON_URL, [], "hPXmLwIy3Fgqv1i9KPmH/HhQ6zo="),
        ("wss://example.com/media/twilio", [], "M4VdJ5pt+9kWsgwKulVbueuvHak="),
        ("wss://example.com/media/twilio/", [], "ILdVxrCXgve0c/Xmr/P9Ejr7Q8w="),
        ("https://example.com/voice?CallSid=CA1", [], "GFVMq3pKBvv61GUr0Ms030YP2FQ="),
        (
            "https://example.com/v",
            [("To", "+2"), ("To", "+1"), ("To", "+2"), ("a", "x"), ("B", "y")],
            "q84obV8czP68novfIKtVzYqAdXA=",
        ),
        ("https://example.com/v", [("FromCity", ""), ("CallSid", "CA1")], "075wPbgCgD8rXd6JdW5Ul9W66DA="),
        ("https://example.com/v", [("SpeechResult", "नमस्ते")], "gycUalLzWpHpI4vwjUwUbm680v0="),
    ],
)
def test_vectors(url: str, params: list[tuple[str, str]], signature: str) -> None:
    assert sign(url, params, TOKEN) == signature
    assert form_is_genuine([url], params, signature, TOKEN)


def test_default_port_may_be_there_or_not() -> None:
    with_port = sign("https://example.com:443/v", FORM, TOKEN)
    without = sign("https://example.com/v", FORM, TOKEN)
    for url in ("https://example.com/v", "https://example.com:443/v"):
        assert form_is_genuine([url], FORM, with_port, TOKEN)
        assert form_is_genuine([url], FORM, without, TOKEN)


def test_body_must_match_its_hash() -> None:
    signature = sign(JSON_URL, [], TOKEN)
    assert body_is_genuine([JSON_URL], JSON_BODY, signature, TOKEN)
    assert not body_is_genuine([JSON_URL], JSON_BODY + b" ", signature, TOKEN)
    bare = "https://example.com/myapp"
    assert not body_is_genuine([bare], JSON_BODY, sign(bare, [], TOKEN), TOKEN)


@pytest.mark.parametrize("signed", ["wss://example.com/media/twilio", "wss://example.com/media/twilio/"])
@pytest.mark.parametrize("url", ["https://example.com/media/twilio", "wss://example.com/media/twilio/"])
def test_upgrade_with_and_without_slash(signed: str, url: str) -> None:
    assert upgrade_is_genuine([url], sign(signed, [], TOKEN), TOKEN)
    assert not upgrade_is_genuine([url], sign(signed, [], "other"), TOKEN)


@pytest.mark.parametrize("signature", ["", "नमस्ते", "x" * 10_000])
def test_rubbish_signatures(signature: str) -> None:
    assert not form_is_genuine(["https://example.com/v"], FORM, signature, TOKEN)


def test_no_token_or_no_url_means_not_genuine() -> None:
    assert not form_is_genuine(["https://example.com/v"], FORM, sign("https://example.com/v", FORM, ""), "")
    assert not form_is_genuine([], FORM, sign("https://example.com/v", FORM, TOKEN), TOKEN)
    assert not form_is_genuine(["https://example.com:99999/v"], FORM, "x", TOKEN)


class MultiDict(dict[str, list[str]]):
    def getlist(self, name: str) -> list[str]:
        return self[name]


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
values = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    st.lists(st.tuples(names, values), max_size=8),
    st.sampled_from(["https://h.example", "https://h.example:443", "http://h.example:8000", "http://h.example"]),
    st.sampled_from(["/twilio/voice", "/v?x=1&y=%2B", "/"]),
    st.text(min_size=1, max_size=10).filter(lambda text: text.isascii()),
)
def test_agrees_with_twilios_own_validator(params: list[tuple[str, str]], base: str, path: str, token: str) -> None:
    theirs = RequestValidator(token)
    multi = MultiDict()
    for name, value in params:
        multi.setdefault(name, []).append(value)
    url = base + path
    assert sign(url, params, token) == theirs.compute_signature(url, multi)
    assert theirs.validate(url, multi, sign(url, params, token))
    assert form_is_genuine([url], params, theirs.compute_signature(url, multi), token)
    changed = [*params, ("Extra", "1")]
    assert not form_is_genuine([url], changed, theirs.compute_signature(url, multi), token) or ("Extra", "1") in params
