"""Which addresses a channel may connect to."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.channels.addresses import Reach, is_allowed

PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0 192.167.255.255
192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0
223.255.255.255 2606:4700::1111 2a00:1450:4001::200e 2001:200::1 2400:: 3ffd::1
::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1 2606:4700::5efe:808:808
""".split()  # noqa: SIM905

CLOSED_4 = """
0.0.0.0 0.0.0.1 0.255.255.255 10.0.0.0 10.0.0.1 10.255.255.255 100.64.0.0 100.100.100.200
100.127.255.255 127.0.0.0 127.0.0.1 127.1.2.3 127.255.255.255 168.63.129.16 169.254.0.1
169.254.169.254 169.254.170.2 169.254.255.255 172.16.0.0 172.17.0.1 172.31.255.255 192.0.0.0
192.0.0.192 192.0.0.255 192.0.2.1 192.88.99.1 192.168.0.0 192.168.1.1 192.168.255.255 198.18.0.1
198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 254.1.1.1
255.255.255.255
""".split()  # noqa: SIM905

CLOSED_6 = """
:: ::1 ::2 ::ffff:0:7f00:1 100::1 1000::1 2001::1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
2001:1ff:ffff::1 3ffe::1 3fff::1 4000::1 5f00::1 64:ff9b:2::1 fc00::1 fd00:ec2::254 fdff::1
fe80::1 fe80::1%eth0 febf::1 fec0::1 ff00::1 ff02::1 ff0e::1
::ffff:0:169.254.169.254 2607:f8b0::5efe:10.0.0.1 2607:f8b0::200:5efe:10.0.0.1
fe80::5efe:8.8.8.8 ::8.8.8.8 2001:0:8.8::1 64:ff9b:1::1
""".replace("2001:0:8.8::1", "2001:0:808:808::f7f7:f7f7").split()


def _embeddings(text: str) -> list[str]:
    number = int(IPv4Address(text))
    high, low = number >> 16, number & 0xFFFF
    return [
        f"::ffff:{text}",
        f"::ffff:{high:x}:{low:x}",
        f"::{text}",
        f"64:ff9b::{text}",
        f"64:ff9b:1:{high:x}:{low >> 8:x}:{(low & 0xFF) << 8:x}::",
        f"2002:{high:x}:{low:x}::1",
        f"2001:0:{high:x}:{low:x}:0:0:f7f7:f7f7",
        f"2001:0:808:808:0:0:{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}",
        f"2607:f8b0::5efe:{high:x}:{low:x}",
        f"2607:f8b0::200:5efe:{high:x}:{low:x}",
    ]


EMBEDDED = [each for text in CLOSED_4 for each in _embeddings(text)]
NOT_ADDRESSES = [
    *("", "localhost", "0x7f000001", "2130706433", "0177.0.0.1", "127.1", "127.0.0.1.", "[::1]"),
    *("127.0.0.1:80", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "1.1.1.1/32", "::g", "8.8.8.8 "),
]


class TestIsAllowed:
    def test_has_more_than_two_hundred_spellings_to_refuse(self) -> None:
        refused = {*CLOSED_4, *CLOSED_6, *EMBEDDED, *NOT_ADDRESSES}

        assert len(refused) >= 200

    @pytest.mark.parametrize("address", PUBLIC)
    def test_lets_the_public_internet_be_reached(self, address: str) -> None:
        assert is_allowed(address, 443)

    @pytest.mark.parametrize("address", [*CLOSED_4, *CLOSED_6, *EMBEDDED])
    def test_refuses_what_is_not_global_unicast(self, address: str) -> None:
        assert not is_allowed(address, 443)

    @pytest.mark.parametrize("address", NOT_ADDRESSES)
    def test_refuses_what_is_no_address(self, address: str) -> None:
        assert not is_allowed(address, 443)

    @given(st.ip_addresses(v=4, network="10.0.0.0/8"))
    def test_looks_through_every_embedding(self, inner: IPv4Address) -> None:
        assert not any(is_allowed(outer, 80) for outer in _embeddings(str(inner)))

    @given(st.ip_addresses(v=6))
    def test_lets_no_address_outside_global_unicast_pass_on_its_own(self, ip: IPv6Address) -> None:
        number = int(ip)
        has_public_prefix = number >> 125 == 1
        is_translated = number >> 32 in (0xFFFF, 0x0064_FF9B << 64)

        assert has_public_prefix or is_translated or not is_allowed(str(ip), 80)


class TestReach:
    loopback = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

    @pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::ffff:127.0.0.1", "::1"])
    def test_adds_the_networks_that_the_operator_allows(self, address: str) -> None:
        assert Reach(self.loopback).permits(address, 80)

    @pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1"])
    def test_adds_nothing_else(self, address: str) -> None:
        assert not Reach(self.loopback).permits(address, 80)

    @pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"])
    def test_never_permits_headgates_own_address(self, address: str) -> None:
        reach = Reach(self.loopback, frozenset({("127.0.0.1", 8000)}))

        assert not reach.permits(address, 8000)

    def test_permits_another_port_of_the_same_machine(self) -> None:
        reach = Reach(self.loopback, frozenset({("127.0.0.1", 8000)}))

        assert reach.permits("127.0.0.1", 8001)

    @pytest.mark.parametrize("own", ["0.0.0.0", "::"])  # noqa: S104
    @pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1"])
    def test_takes_an_unspecified_own_address_for_all_of_this_machine(
        self, own: str, address: str
    ) -> None:
        reach = Reach(self.loopback, frozenset({(own, 8000)}))

        assert not reach.permits(address, 8000)

    @pytest.mark.parametrize("address", ["0.0.0.0", "::"])  # noqa: S104
    def test_never_permits_an_unspecified_address(self, address: str) -> None:
        reach = Reach((ip_network("0.0.0.0/0"), ip_network("::/0")))

        assert not reach.permits(address, 80)

    def test_permits_a_public_address_beside_an_own_wildcard(self) -> None:
        reach = Reach((), frozenset({("0.0.0.0", 443)}))  # noqa: S104

        assert reach.permits("8.8.8.8", 443)


class TestAPrivateNetwork:
    ALLOWED = Reach((ip_network("10.0.0.0/8"), ip_network("8.8.8.0/24")))

    @pytest.mark.parametrize(
        ("address", "is_private"),
        [
            ("10.1.2.3", True),
            ("::ffff:10.1.2.3", True),
            ("192.168.0.1", False),
            ("8.8.8.8", False),
            ("1.1.1.1", False),
        ],
    )
    def test_is_one_that_the_operator_allowed(self, address: str, is_private: bool) -> None:
        assert self.ALLOWED.is_private(address) is is_private
