"""Where webhooks may go: no private network, no metadata service, nothing but https."""

from __future__ import annotations

import pytest

from offhook.providers.webhooks.addresses import BadEndpoint, checked_url, may_reach


@pytest.mark.parametrize(
    "url", ["https://crm.example.com/hooks", "https://[2606:4700::1]/x", "http://localhost:9000/x", "http://127.0.0.1/"]
)
def test_endpoints(url: str) -> None:
    assert checked_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example.com/hooks",
        "http://localhost.example.com/",
        "http://169.254.169.254/latest/meta-data",
        "ftp://example.com/",
        "https://user:pass@example.com/",
        "https://",
        "https://example.com/#x",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
        "file:///etc/passwd",
        "",
        "https://example.com/" + "x" * 2000,
    ],
)
def test_no_endpoints(url: str) -> None:
    with pytest.raises(BadEndpoint):
        checked_url(url)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"])
def test_public_addresses(address: str) -> None:
    assert may_reach(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.8.8.8",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
        ),
        *("224.0.0.1", "255.255.255.255", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1"),
        *("fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1"),
        *("64:ff9b::a9fe:a9fe", "2001:db8::1", "nonsense", ""),
    ],
)
def test_addresses_that_no_webhook_reaches(address: str) -> None:
    assert not may_reach(address)
