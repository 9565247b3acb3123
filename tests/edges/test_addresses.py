from __future__ import annotations

import socket

import pytest

from newsbell.edges.addresses import AddressGuard, is_public
from newsbell.errors import RefusedError
from tests.edges.local import PUBLIC, resolve_to

PRIVATE = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
    "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.0.192",
    "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.9", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:8.8.8.8",
    "64:ff9b::7f00:1", "64:ff9b::169.254.169.254", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1",
    "2001:2::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::1", "2002:808:808::1", "3fff::1", "5f00::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1", "ff0e::1", "4000::1",
]  # fmt: skip

OF_THE_INTERNET = [
    "1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1",
    "169.253.255.255", "172.15.255.255", "172.32.0.1", "192.167.255.255", "198.20.0.1", "223.255.255.254",
    "2001:4860:4860::8888", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_no_public_network_is_private(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OF_THE_INTERNET)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "1.1.1.1.", "[::1]"])
def test_what_is_no_address_is_neither(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        is_public(text)


@pytest.mark.parametrize("private", ["10.0.0.1", "::1", "fe80::1", "169.254.169.254"])
def test_one_private_address_among_public_ones_refuses_the_name(private: str) -> None:
    guard = AddressGuard((), resolve=resolve_to(PUBLIC, private, "2606:4700:4700::1111"))
    with pytest.raises(RefusedError) as caught:
        guard.addresses("news.example", 443)
    assert (caught.value.code, caught.value.field) == ("private_address", "url")


def test_a_name_with_public_addresses_only_is_taken_in_the_order_of_its_addresses() -> None:
    guard = AddressGuard((), resolve=resolve_to(PUBLIC, "2606:4700:4700::1111"))
    assert [address[0] for _, address in guard.addresses("news.example", 443)] == [
        PUBLIC,
        "2606:4700:4700::1111",
    ]


def test_a_named_host_may_be_private() -> None:
    guard = AddressGuard({"news.example"}, resolve=resolve_to("10.0.0.1"))
    assert guard.addresses("news.example", 443) == [(socket.AF_INET, ("10.0.0.1", 443))]


@pytest.mark.parametrize(
    ("named", "host", "port"),
    [
        ("intranet.example", "intranet.example", 80),
        ("intranet.example", "Intranet.Example.", 8080),
        ("intranet.example:8080", "intranet.example", 8080),
        ("::1", "::1", 80),
        ("[::1]", "::1", 80),
        ("[::1]:8080", "::1", 8080),
        ("[::1]:8080", "[::1]", 8080),
    ],
)
def test_the_operator_names_a_host_or_a_host_with_its_port(named: str, host: str, port: int) -> None:
    assert AddressGuard({named}).trusts(host, port)


@pytest.mark.parametrize(
    ("named", "host", "port"),
    [
        ("intranet.example:8080", "intranet.example", 80),
        ("intranet.example", "www.intranet.example", 80),
        ("intranet.example", "intranet.example.org", 80),
        ("127.0.0.1", "127.1", 80),
        ("[::1]:8080", "::1", 80),
        ("::1", "::1:80", 80),
    ],
)
def test_naming_a_host_trusts_no_other_spelling_host_or_port(named: str, host: str, port: int) -> None:
    assert not AddressGuard({named}).trusts(host, port)


@pytest.mark.parametrize("host", ["a" * 64 + ".example", ".example", "a..example"])
def test_a_name_that_cannot_be_asked_for_does_not_resolve(host: str) -> None:
    with pytest.raises(socket.gaierror):
        AddressGuard(()).addresses(host, 80)
