"""Whose address a request counts for."""

import pytest

from trillm.limits.address import UNKNOWN, allowance_key, client_address, networks

TRUSTED = networks(["10.0.0.0/8", " 2001:db8:ff::/48 ", "127.0.0.1", ""])


def test_case_17_a_forged_forwarded_for_is_ignored_from_a_peer_that_is_not_trusted() -> None:
    assert client_address("198.51.100.7", "203.0.113.9", TRUSTED) == "198.51.100.7"
    assert client_address("198.51.100.7", "203.0.113.9") == "198.51.100.7"


def test_case_17_what_the_client_wrote_left_of_the_proxys_entry_is_ignored() -> None:
    assert client_address("10.0.0.1", "1.1.1.1, 2.2.2.2, 203.0.113.9", TRUSTED) == "203.0.113.9"


def test_several_trusted_proxies_are_walked_from_right_to_left() -> None:
    assert client_address("127.0.0.1", "9.9.9.9, 203.0.113.9, 10.1.1.1, 2001:db8:ff::2", TRUSTED) == "203.0.113.9"


def test_when_every_hop_is_trusted_the_first_of_them_is_the_client() -> None:
    assert client_address("127.0.0.1", "10.1.1.1, 10.2.2.2", TRUSTED) == "10.1.1.1"


@pytest.mark.parametrize("forwarded", ["", "unknown", "203.0.113.9, _hidden", "999.1.1.1", "<script>", ","])
def test_a_hop_that_is_no_address_leaves_the_request_to_the_proxy_that_sent_it(forwarded: str) -> None:
    assert client_address("10.0.0.1", forwarded, TRUSTED) == "10.0.0.1"


def test_a_list_of_ten_thousand_hops_is_read_only_as_far_as_proxies_go() -> None:
    assert client_address("10.0.0.1", ", ".join(["10.0.0.2"] * 10_000), TRUSTED) == "10.0.0.2"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
    ],
)
def test_an_address_has_one_spelling(written: str, meant: str) -> None:
    assert client_address(written, None) == meant


@pytest.mark.parametrize("peer", [None, "", "testclient", "/run/trillm.sock"])
def test_callers_without_an_address_share_one_allowance(peer: str | None) -> None:
    assert client_address(peer, "203.0.113.9", TRUSTED) == UNKNOWN
    assert allowance_key(peer) == UNKNOWN


def test_case_17_an_ipv6_caller_has_one_allowance_for_its_whole_64() -> None:
    keys = {allowance_key(f"2001:db8:1:2:{low:x}::{low:x}") for low in range(1, 1000)}
    assert keys == {"2001:db8:1:2::/64"}
    assert allowance_key("2001:db8:1:3::1") == "2001:db8:1:3::/64"


def test_an_ipv4_address_written_as_ipv6_is_the_same_caller() -> None:
    assert allowance_key("::ffff:203.0.113.7") == allowance_key("203.0.113.7") == "203.0.113.7"


def test_a_wrong_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/99"):
        networks(["10.0.0.0/99"])
