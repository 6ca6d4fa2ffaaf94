"""Which serial port a board is on."""

import os

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from aether_tools.errors import UserError


def find(port: str | None) -> str:
    """The port to use: the given one, or the only USB one; UserError says what there is."""
    if port:
        return port
    seen = sorted(list_ports.comports(), key=lambda p: p.device)
    usb = [p for p in seen if p.vid is not None]
    if len(usb) == 1:
        return usb[0].device
    if usb:
        raise UserError(f"several boards: {_listed(usb)}; choose one with --port")
    raise UserError(f"no board found: {_saw(seen)}; connect one by USB, or name it with --port")


def why_closed(port: str) -> str:
    """Why `port` could not be opened, in one line."""
    if os.name == "posix" and not os.path.exists(port):
        return f"no port {port}: {_saw(sorted(list_ports.comports(), key=lambda p: p.device))}"
    if os.name == "posix" and not os.access(port, os.R_OK | os.W_OK):
        return f"no permission to use {port}: join the group that owns it (often 'dialout')"
    if os.name != "posix" and port not in [p.device for p in list_ports.comports()]:
        return f"no port {port}: {_saw(list(list_ports.comports()))}"
    return f"cannot open {port}: no serial port, or in use by another program"


def _saw(seen: list[ListPortInfo]) -> str:
    if not seen:
        return "this machine has no serial port"
    return f"serial ports seen: {_listed(seen)}"


def _listed(found: list[ListPortInfo]) -> str:
    return ", ".join(
        f"{p.device} ({p.description})" if p.description not in (None, "n/a") else p.device
        for p in found
    )
