"""E-mail against a real SMTP server (aiosmtpd) that can be told to refuse at each step."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from offhook.contracts.errors import AppError
from offhook.contracts.messaging import (
    Attachment,
    Delivered,
    OutgoingMessage,
    Recipient,
    Refused,
    TryLater,
    Uncertain,
)
from offhook.providers.messaging.smtp import SmtpMessenger, SmtpServer

MESSAGE = OutgoingMessage(
    recipient=Recipient(name="Dana O'Neil", email="dana@example.com"),
    language="hi",
    subject="Oil change,\n Friday",
    text="आपकी बुकिंग हो गई है।",
    attachments=(Attachment(filename="appointment.ics", content_type="text/calendar", content="BEGIN:VCALENDAR\r\n"),),
)


class Post:
    """The server's handler."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.rcpt_answer = "250 OK"
        self.data_answer: str | None = "250 taken"
        """None: the connection is cut after the whole message was read."""
        self.logins: list[tuple[bytes, bytes]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.rcpt_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt_answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        if self.data_answer is None:
            server.transport.abort()
            return "250 never heard"
        return self.data_answer

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"se cret", handled=False)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def server(post: Post) -> Iterator[SmtpServer]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        post, hostname="127.0.0.1", port=port, authenticator=post.authenticate, auth_require_tls=False
    )
    controller.start()
    yield SmtpServer.of(f"smtp://desk:se%20cret@127.0.0.1:{port}?from=desk@example.com")
    controller.stop()


async def test_a_mail_with_its_invitation(post: Post, server: SmtpServer) -> None:
    assert await SmtpMessenger(server).send(MESSAGE, "msg_1") == Delivered()
    (mail,) = post.mails
    assert (mail["From"], mail["To"]) == ("desk@example.com", "Dana O'Neil <dana@example.com>")
    assert mail["Subject"] == "Oil change, Friday"
    assert mail["Message-ID"] == "<msg_1@example.com>"
    body = mail.get_body()
    assert body is not None and body.get_content().strip() == "आपकी बुकिंग हो गई है।"
    (invitation,) = mail.iter_attachments()
    assert invitation.get_content_type() == "text/calendar"
    assert invitation.get_filename() == "appointment.ics"
    assert post.logins == [(b"desk", b"se cret")]


@pytest.mark.parametrize(
    ("rcpt", "data", "expected"),
    [
        ("550 no such user", "250", Refused("the mail server answered 550")),
        ("451 try later", "250", TryLater("the mail server answered 451")),
        ("250 OK", "554 spam", Refused("the mail server answered 554")),
        ("250 OK", "452 full", TryLater("the mail server answered 452")),
        ("250 OK", None, Uncertain("the mail server did not confirm: SMTPServerDisconnected")),
    ],
)
async def test_how_it_can_end(post: Post, server: SmtpServer, rcpt: str, data: str | None, expected: object) -> None:
    post.rcpt_answer, post.data_answer = rcpt, data
    assert await SmtpMessenger(server).send(MESSAGE, "msg_1") == expected


async def test_a_wrong_password_and_a_dead_server_mean_that_nothing_went_out(post: Post, server: SmtpServer) -> None:
    wrong = SmtpServer(server.host, server.port, False, "desk", "wrong", "desk@example.com")
    assert await SmtpMessenger(wrong).send(MESSAGE, "msg_1") == TryLater("the mail server refused us: 535")
    gone = SmtpServer("127.0.0.1", 1, False, "", "", "desk@example.com")
    assert isinstance(await SmtpMessenger(gone).send(MESSAGE, "msg_1"), TryLater)
    assert not post.mails


async def test_an_address_that_is_none_is_refused(server: SmtpServer) -> None:
    bad = OutgoingMessage(recipient=Recipient(email="dana@exa\nmple"), language="en", text="x")
    assert isinstance(await SmtpMessenger(server).send(bad, "m"), Refused)


def test_who_can_be_reached(server: SmtpServer) -> None:
    assert SmtpMessenger(server).address(Recipient(email="dana@example.com")) == "dana@example.com"
    assert SmtpMessenger(server).address(Recipient(phone="+12025550142")) is None


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://host", "smtp://user:pw@host:port?from=a@b", "x"])
def test_urls_that_cannot_be_used_are_not_shown(url: str) -> None:
    with pytest.raises(AppError, match="SMTP_URL cannot be used; write") as told:
        SmtpServer.of(url)
    assert "pw" not in told.value.message


def test_urls() -> None:
    found = SmtpServer.of("smtps://me%40example.com:p%2Fw@mail.example.com")
    assert found == SmtpServer("mail.example.com", 465, True, "me@example.com", "p/w", "me@example.com")
    assert "p/w" not in repr(found)
