"""What leaves the pods: names that they ask for, and addresses that they connect to, as the node's bridge sees it.

Only a cluster of `make e2e`'s own has that bridge. Its stories run as processes of the node, and may listen there.
What goes from pod to pod does not come by, be it by a Service; what is for the node or for anybody outside does.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Final

BRIDGE: Final = "pods0"
_ALL_FRAMES: Final = 0x0003
_IPV4: Final = 0x0800
_TCP, _UDP, _DNS = 6, 17, 53
_SYN, _ACK = 0x02, 0x10
_ETHERNET_BYTES: Final = 14
_LONGEST: Final = 65535


@dataclass
class Seen:
    """What was seen of some pods."""

    asked: set[tuple[str, str]] = field(default_factory=set)
    """Pod address and name, of questions to a DNS server."""
    connected: set[tuple[str, str, int]] = field(default_factory=set)
    """Pod address, address and port, of connections that were tried."""

    def names(self, pods: set[str]) -> set[str]:
        """What these pods asked for."""
        return {name for pod, name in self.asked if pod in pods}

    def addresses(self, pods: set[str]) -> set[tuple[str, int]]:
        """Whom these pods tried to connect to."""
        return {(address, port) for pod, address, port in self.connected if pod in pods}


@contextmanager
def listening() -> Iterator[Seen]:
    """What leaves the pods for as long as the block lasts."""
    seen, ended = Seen(), threading.Event()
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL_FRAMES)) as ear:
        ear.bind((BRIDGE, 0))
        ear.settimeout(0.2)
        thread = threading.Thread(target=_listen, args=(ear, seen, ended), daemon=True)
        thread.start()
        try:
            yield seen
        finally:
            ended.set()
            thread.join()


def _listen(ear: socket.socket, seen: Seen, ended: threading.Event) -> None:
    while not ended.is_set():
        try:
            frame = ear.recv(_LONGEST)
        except TimeoutError:
            continue
        _note(frame, seen)


def _note(frame: bytes, seen: Seen) -> None:
    """One frame: IPv4 is all that these pods speak."""
    if len(frame) < _ETHERNET_BYTES + 20 or struct.unpack_from("!H", frame, 12)[0] != _IPV4:
        return
    packet = frame[_ETHERNET_BYTES:]
    source, target = (str(IPv4Address(packet[at : at + 4])) for at in (12, 16))
    protocol, rest = packet[9], packet[(packet[0] & 15) * 4 :]
    port = struct.unpack_from("!H", rest, 2)[0]
    if protocol == _TCP and rest[13] & (_SYN | _ACK) == _SYN:
        seen.connected.add((source, target, port))
    if protocol == _UDP and port == _DNS:
        seen.asked.add((source, _question(rest[8:])))


def _question(message: bytes) -> str:
    """The name in a DNS question."""
    labels, at = [], 12
    while length := message[at]:
        labels.append(message[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    return ".".join(labels).lower()
