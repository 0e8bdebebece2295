"""Functions of IP networks.

https://developer.hashicorp.com/terraform/language/functions, section "IP Network Functions".
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from ...language.value import EvaluationError, Known, ListValue, Value
from .arguments import arity, plain, typed, unknown
from .context import Context, Function

Network = IPv4Network | IPv6Network


def _network(prefix: str) -> Network:
    """Raises ValueError for what is not an address with the length of its prefix."""
    if "/" not in prefix:
        raise ValueError("the network is not in CIDR notation")
    address, _, length = prefix.partition("/")
    if not (length.isascii() and length.isdigit()):
        raise ValueError("the network is not in CIDR notation")
    return ip_network(f"{_without_zeros(address)}/{length}", strict=False)


def _without_zeros(address: str) -> str:
    # Terraform reads 010.0.0.1 as 10.0.0.1, which Python refuses as ambiguous.
    if ":" in address:
        return address
    return ".".join(
        part.lstrip("0") or "0" if part.isascii() and part.isdigit() else part
        for part in address.split(".")
    )


def _cidrhost(prefix: str, host: int) -> str:
    network = _network(prefix)
    if not -network.num_addresses <= host < network.num_addresses:
        raise ValueError(f"{prefix} has no host number {host}")
    return str(network[host])


def _cidrnetmask(prefix: str) -> str:
    network = _network(prefix)
    if network.version != 4:
        raise ValueError("only IPv4 networks have a netmask")
    return str(network.netmask)


def _subnet(network: Network, more: int, number: int) -> Network:
    length = network.prefixlen + more
    if more < 0 or length > network.max_prefixlen:
        raise ValueError(f"{network} cannot be extended by {more} bits")
    if not 0 <= number < 2**more:
        raise ValueError(f"{network} has no subnet number {number} of {more} bits more")
    base = int(network.network_address) + (number << (network.max_prefixlen - length))
    return type(network)((base, length))


def _cidrsubnet(prefix: str, more: int, number: int) -> str:
    return str(_subnet(_network(prefix), more, number))


def _consecutive(prefix: str, sizes: list[int]) -> list[str]:
    """Networks one after the other, each at the next place that fits its size."""
    network = _network(prefix)
    at = int(network.network_address)
    end = at + network.num_addresses
    found: list[str] = []
    for more in sizes:
        length = network.prefixlen + more
        if more < 1 or length > network.max_prefixlen:
            raise ValueError(f"{network} cannot be extended by {more} bits")
        step = 1 << (network.max_prefixlen - length)
        at = -(-at // step) * step
        if at + step > end:
            raise ValueError(f"{network} has not enough addresses")
        found.append(str(type(network)((at, length))))
        at += step
    return found


def _cidrsubnets(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("cidrsubnets", arguments, 1, None)
    prefix = typed("cidrsubnets", "s", arguments[0])
    sizes = [typed("cidrsubnets", "i", argument) for argument in arguments[1:]]
    known = [s.data for s in sizes if isinstance(s, Known) and isinstance(s.data, int)]
    if not isinstance(prefix, Known) or len(known) < len(sizes):
        return unknown("cidrsubnets", prefix, *sizes)
    try:
        networks = _consecutive(str(prefix.data), known)
    except ValueError as error:
        raise EvaluationError(f"cidrsubnets: {error}") from None
    return ListValue(tuple(map(Known, networks)), "list")


def _cidrcontains(containing: str, contained: str) -> bool:
    outer = _network(containing)
    if "/" in contained:
        inner = _network(contained)
        first, last = inner.network_address, inner.broadcast_address
    else:
        first = last = ip_address(_without_zeros(contained))
    if first.version != outer.version:
        raise ValueError("the addresses are of different versions")
    return first in outer and last in outer


FUNCTIONS: dict[str, Function] = {
    "cidrhost": plain("cidrhost", "sw", _cidrhost),
    "cidrnetmask": plain("cidrnetmask", "s", _cidrnetmask),
    "cidrsubnet": plain("cidrsubnet", "siw", _cidrsubnet),
    "cidrsubnets": _cidrsubnets,
    "cidrcontains": plain("cidrcontains", "ss", _cidrcontains),
}
