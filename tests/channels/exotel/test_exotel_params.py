from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from offhook.channels.exotel.params import read_params
from offhook.channels.webhook import WebhookRequest

BOUNDARY = "----boundary7"


def request(
    method: str = "POST", *, query: str = "", body: bytes = b"", content_type: str = "application/json"
) -> WebhookRequest:
    return WebhookRequest(method, "https", "/exotel/status", query, [("content-type", content_type)], "192.0.2.7", body)


def multipart(fields: dict[str, str]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()


def test_the_three_content_types_say_the_same() -> None:
    fields = {"CallSid": "abc", "EventType": "terminal", "Status": "completed", "CustomField": "ना"}
    bodies = {
        "application/json; charset=utf-8": json.dumps(fields).encode(),
        f"multipart/form-data; boundary={BOUNDARY}": multipart(fields),
        "application/x-www-form-urlencoded": (
            b"CallSid=abc&EventType=terminal&Status=completed&CustomField=%E0%A4%A8%E0%A4%BE"
        ),
    }
    for content_type, body in bodies.items():
        assert read_params(request(body=body, content_type=content_type)) == fields, content_type


def test_nested_json_has_the_names_of_the_query() -> None:
    body = {"CallSid": "abc", "Stream": {"Status": "failed", "Duration": 3}, "Legs": [{"OnCallDuration": "11"}]}
    read = read_params(request(body=json.dumps(body).encode()))
    assert read == {
        "CallSid": "abc",
        "Stream[Status]": "failed",
        "Stream[Duration]": "3",
        "Legs[0][OnCallDuration]": "11",
    }
    query = "CallSid=abc&Stream=%7B%22Status%22%3A%22completed%22%7D&digits=%221%22"
    read = read_params(request("GET", query=query))
    assert read == {"CallSid": "abc", "Stream[Status]": "completed", "digits": '"1"'}


def test_the_body_wins_over_the_query() -> None:
    read = read_params(request(query="CallSid=other&x=1", body=b'{"CallSid": "abc"}'))
    assert read == {"CallSid": "abc", "x": "1"}


def test_too_many_are_refused() -> None:
    assert read_params(request("GET", query="&".join(f"a{n}=1" for n in range(301)))) is None


@given(
    st.binary(max_size=200),
    st.sampled_from(["application/json", "multipart/form-data", f"multipart/form-data; boundary={BOUNDARY}", "", "x"]),
    st.text(max_size=40),
)
def test_rubbish_is_read_as_far_as_it_goes(body: bytes, content_type: str, query: str) -> None:
    read_params(request(body=body, content_type=content_type, query=query))


def test_deep_json_ends() -> None:
    body = b'{"a":' * 5000 + b"1" + b"}" * 5000
    assert read_params(request(body=body)) == {}
