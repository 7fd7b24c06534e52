"""Which address a request came from, and which of them share one allowance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

UNKNOWN = "unknown"
"""Stands for every caller without an IP address, such as one on a Unix socket: they share one allowance."""

_MAX_HOPS = 16
_REMEMBERED = 128
"""Addresses whose reading is remembered: who asks once asks again soon."""


def networks(names: Iterable[str]) -> tuple[Network, ...]:
    """Parse the addresses and networks of trusted proxies; raises ValueError that names the wrong one."""
    return tuple(ip_network(name.strip(), strict=False) for name in names if name.strip())


def client_address(peer: str | None, forwarded_for: str | None, trusted: Sequence[Network] = ()) -> str:
    """Return the client's address: the peer's, or what trusted proxies say of it.

    `X-Forwarded-For` is read from right to left, for as long as whoever wrote an entry is trusted; what stands further
    left was written by the client itself and is not looked at.
    """
    client = _parse(peer or "")
    if client is None:
        return UNKNOWN
    hops = (forwarded_for or "").rsplit(",", _MAX_HOPS)[-_MAX_HOPS:]
    while hops and any(client in network for network in trusted):
        earlier = _parse(hops.pop())
        if earlier is None:
            break
        client = earlier
    return str(client)


def is_trusted(peer: str, trusted: Sequence[Network]) -> bool:
    """Whether what this peer says in its forwarding headers is believed."""
    address = _parse(peer)
    return address is not None and any(address in network for network in trusted)


@lru_cache(_REMEMBERED)
def allowance_key(address: str | None) -> str:
    """Return what addresses of one allowance have in common: an IPv4 address, an IPv6 /64 network."""
    client = _parse(address or "")
    if client is None:
        return UNKNOWN
    if isinstance(client, IPv6Address):
        return str(IPv6Network((int(client) >> 64 << 64, 64)))
    return str(client)


@lru_cache(_REMEMBERED)
def _parse(text: str) -> Address | None:
    text = text.strip()
    # some proxies add the port: "203.0.113.7:4711", "[2001:db8::1]:4711"
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
