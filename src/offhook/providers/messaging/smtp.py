"""E-mail by SMTP: `smtp://user:password@host:587?from=desk@example.com`, or `smtps://` for TLS from the first byte.

With `smtp://` TLS is started where the server offers it; a password goes over an open line to this machine only. Until
the server has the whole message nothing has gone out; from then on only its own answer tells.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import parse_qs, unquote, urlsplit

from offhook.contracts.errors import AppError
from offhook.contracts.messaging import (
    Delivered,
    Delivery,
    MessageChannel,
    OutgoingMessage,
    Recipient,
    Refused,
    TryLater,
    Uncertain,
)

DEADLINE_S = 15.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class SmtpServer:
    host: str
    port: int
    tls: bool
    """From the first byte."""
    user: str
    password: str = field(repr=False)
    sender: str
    """The address that mails come from."""

    @classmethod
    def of(cls, url: str) -> SmtpServer:
        """Raises AppError for what is no such URL, without showing it."""
        try:
            parts = urlsplit(url)
            if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
                raise ValueError
            user = unquote(parts.username or "")
            sender = parse_qs(parts.query).get("from", [user])[0]
            if "@" not in sender:
                raise ValueError
            tls = parts.scheme == "smtps"
            port = parts.port or (465 if tls else 587)
            return cls(parts.hostname, port, tls, user, unquote(parts.password or ""), sender)
        except ValueError:
            text = "SMTP_URL cannot be used; write smtp://user:password@host:587?from=desk@example.com."
            raise AppError("settings", text) from None


class SmtpMessenger:
    name = "smtp"
    channel: MessageChannel = "email"

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def address(self, recipient: Recipient) -> str | None:
        return recipient.email if recipient.email and "@" in recipient.email else None

    async def send(self, message: OutgoingMessage, message_id: str) -> Delivery:
        try:
            mail = self._mail(message, message_id)
        except ValueError:
            return Refused("the e-mail address cannot be used")
        return await asyncio.to_thread(self._send, mail, message.recipient.email or "")

    def _mail(self, message: OutgoingMessage, message_id: str) -> EmailMessage:
        """Raises ValueError for an address that is none."""
        mail = EmailMessage()
        mail["From"] = self._server.sender
        mail["To"] = Address(_one_line(message.recipient.name), addr_spec=message.recipient.email)
        mail["Subject"] = _one_line(message.subject)
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{message_id}@{self._server.sender.rpartition('@')[2]}>"
        mail.set_content(message.text)
        for attachment in message.attachments:
            main, _, rest = attachment.content_type.partition("/")
            assert main == "text", "only texts are attached"
            mail.add_attachment(attachment.content, subtype=rest, filename=attachment.filename)
        return mail

    def _send(self, mail: EmailMessage, to: str) -> Delivery:
        try:
            client = self._connected()
        except smtplib.SMTPAuthenticationError as error:
            return TryLater(f"the mail server refused us: {error.smtp_code}")
        except (OSError, smtplib.SMTPException) as error:
            return TryLater(f"the mail server cannot be reached: {type(error).__name__}")
        try:
            return _handed_over(client, mail, self._server.sender, to)
        finally:
            client.close()

    def _connected(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.tls:
            client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=DEADLINE_S, context=context)
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=DEADLINE_S)
        try:
            self._greet(client, context)
        except BaseException:
            client.close()
            raise
        return client

    def _greet(self, client: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server = self._server
        client.ehlo()
        secure = server.tls
        if not secure and client.has_extn("starttls"):
            client.starttls(context=context)
            client.ehlo()
            secure = True
        if server.user and server.password:
            if not secure and server.host not in _LOOPBACK:
                raise smtplib.SMTPException("no TLS")
            client.login(server.user, server.password)


def _handed_over(client: smtplib.SMTP, mail: EmailMessage, sender: str, to: str) -> Delivery:
    try:
        for code, _ in (client.mail(sender), client.rcpt(to)):
            if code >= 400:
                return _refusal(code)
    except (OSError, smtplib.SMTPException) as error:
        return TryLater(f"the mail server broke off: {type(error).__name__}")
    try:
        code, _ = client.data(mail.as_bytes())
    except smtplib.SMTPDataError as error:
        return _refusal(error.smtp_code)
    except (OSError, smtplib.SMTPException) as error:
        return Uncertain(f"the mail server did not confirm: {type(error).__name__}")
    return Delivered() if code < 400 else _refusal(code)


def _refusal(code: int) -> Delivery:
    reason = f"the mail server answered {code}"
    return TryLater(reason) if 400 <= code < 500 else Refused(reason)


def _one_line(text: str) -> str:
    return " ".join(text.split())
