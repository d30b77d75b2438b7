"""X-Twilio-Signature: who sent this request.

The rule (Twilio, "Webhooks security"): take the full URL as Twilio requested it; for a form POST append, for each
parameter name in case-sensitive order, name + value for every distinct value, values sorted; sign with HMAC-SHA1 under
the account's auth token; base64. A body that is no form is covered by `bodySHA256` in the URL's query. The upgrade
request of a media stream is signed over its `wss://` URL, sometimes with a trailing slash. Twilio's signer is not
consistent about default ports, so both forms are tried, as Twilio's own validator does.

The algorithm is fixed here; a header never chooses it. Everything is pure and compares in constant time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from urllib.parse import SplitResult, parse_qs, urlsplit

Params = Iterable[tuple[str, str]]
"""All form fields received, repeated names repeated, empty values included."""

_DEFAULT_PORTS = {"https": 443}
_OTHER_DEFAULT_PORT = 80


def sign(url: str, params: Params, auth_token: str) -> str:
    """The signature of exactly this URL text and these form fields."""
    values: dict[str, set[str]] = {}
    for name, value in params:
        values.setdefault(name, set()).add(value)
    text = url + "".join(name + value for name in sorted(values) for value in sorted(values[name]))
    mac = hmac.new(auth_token.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode("ascii")


def form_is_genuine(urls: Sequence[str], params: Params, signature: str, auth_token: str) -> bool:
    """Whether Twilio signed this form POST (or, without params, this GET) under one of these URLs."""
    fields = list(params)
    return _any_matches([form for url in urls for form in _port_forms(url)], fields, signature, auth_token)


def body_is_genuine(urls: Sequence[str], body: bytes, signature: str, auth_token: str) -> bool:
    """The same for a body that is not a form: the URL must carry the body's SHA-256, and both must match."""
    digest = hashlib.sha256(body).hexdigest()
    covered = [url for url in urls if hmac.compare_digest(_body_hash(url), digest)]
    return form_is_genuine(covered, (), signature, auth_token)


def upgrade_is_genuine(urls: Sequence[str], signature: str, auth_token: str) -> bool:
    """The same for the upgrade request of a media socket; `urls` in any of http(s) and ws(s), taken as wss."""
    forms: list[str] = []
    for url in urls:
        secure = "wss" + url[url.index("://") :] if "://" in url else url
        path, mark, query = secure.partition("?")
        other = path[:-1] if path.endswith("/") else path + "/"
        forms += [form for candidate in (secure, other + mark + query) for form in _port_forms(candidate)]
    return _any_matches(forms, [], signature, auth_token)


def _any_matches(urls: list[str], params: list[tuple[str, str]], signature: str, auth_token: str) -> bool:
    """Signatures of all forms are computed whatever matches, so that time tells nothing. No token: nothing is
    genuine.
    """
    if not auth_token or not signature.isascii():
        return False
    matches = [hmac.compare_digest(sign(url, params, auth_token), signature) for url in urls]
    return any(matches)


def _port_forms(url: str) -> list[str]:
    """The URL as it is, without its port, and with the scheme's default port."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return [url]
    if port:
        return [url, _with_netloc(parts, parts.netloc.rpartition(":")[0])]
    default = _DEFAULT_PORTS.get(parts.scheme, _OTHER_DEFAULT_PORT)
    return [url, _with_netloc(parts, f"{parts.netloc.rstrip(':')}:{default}")]


def _with_netloc(parts: SplitResult, netloc: str) -> str:
    return parts._replace(netloc=netloc).geturl()


def _body_hash(url: str) -> str:
    found = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
    return found if found.isascii() else ""
