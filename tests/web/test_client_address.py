"""A request's address: the connection's own, or what a trusted proxy says."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.test import RequestFactory

from headgate.web.client_address import client_address, network_of


class TestTheAddress:
    @pytest.mark.parametrize(
        ("remote", "forwarded", "expected"),
        [
            ("203.0.113.9", None, "203.0.113.9"),
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "192.0.2.66, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
            ("10.0.0.1", None, "10.0.0.1"),
            ("10.0.0.1", "nonsense", "nonsense"),
        ],
    )
    def test_is_the_last_that_no_trusted_proxy_has(
        self, settings: Any, remote: str, forwarded: str | None, expected: str
    ) -> None:
        settings.TRUSTED_PROXIES = (ip_network("10.0.0.0/8"),)
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}

        request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)

        assert client_address(request) == expected


class TestANetwork:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("192.0.2.7", "192.0.2.7/32"),
            ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
            ("::1", "::/64"),
            ("", ""),
            ("a socket", "a socket"),
        ],
    )
    def test_is_what_one_visitor_has(self, address: str, network: str) -> None:
        assert network_of(address) == network
