"""
Run a command in a network that has nothing but its own loopback.

    unshare -rn python tests/closed_network/closed.py make venv

`unshare -n` makes the network and leaves its loopback down; this brings it up, sees
that no other interface is there, and becomes the command. Linux only.
"""

import fcntl
import os
import socket
import struct
import sys

SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914  # linux/sockios.h
IFF_UP = 0x1  # linux/if.h
REQUEST = "16sH14x"  # struct ifreq: a name, then the flags


def bring_up(interface):
    """Switch a network interface on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        asked = struct.pack(REQUEST, interface.encode(), 0)
        name, flags = struct.unpack(REQUEST, fcntl.ioctl(control, SIOCGIFFLAGS, asked))
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack(REQUEST, name, flags | IFF_UP))


def main(command):
    """Become the command, once the network is seen to be closed."""
    interfaces = [name for _, name in socket.if_nameindex()]
    if interfaces != ["lo"]:
        sys.exit(f"This network is not closed: it has {', '.join(interfaces)}.")
    bring_up("lo")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
