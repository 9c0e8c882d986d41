"""One question to the cluster's DNS: `python -m e2e.cluster.lookup NAME` ends with 0 if there is an answer."""

import socket
import struct
import sys

from e2e.cluster.network import NODE_IP

RECURSION_DESIRED = 0x0100
TYPE_A, CLASS_IN = 1, 1


def question(name: str) -> bytes:
    """A DNS message that asks for a name's IPv4 address (RFC 1035, section 4)."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", 1, RECURSION_DESIRED, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", TYPE_A, CLASS_IN)


def has_answer(message: bytes) -> bool:
    """Whether a DNS message says no error and holds an answer."""
    flags, answers = int.from_bytes(message[2:4]), int.from_bytes(message[6:8])
    return flags & 0xF == 0 and answers > 0


def main() -> int:
    """Ask, and wait at most a second."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(1)
        udp.connect((NODE_IP, 53))
        try:
            udp.send(question(sys.argv[1]))
            return 0 if has_answer(udp.recv(512)) else 1
        except OSError:
            return 1


if __name__ == "__main__":
    sys.exit(main())
