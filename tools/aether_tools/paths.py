"""Where the device files are: beside the sources in a checkout, inside the package in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_DATA = _PACKAGE / "data"

ROOT = _DATA if _DATA.is_dir() else _PACKAGE.parent.parent
LIB = ROOT / "lib"
FIRMWARE = ROOT / "firmware"
BOARDS = ROOT / "boards"

# The emulated chip: in a wheel it lies beside the device files, in a checkout in tools/.
_TOOLS = _DATA if _DATA.is_dir() else ROOT / "tools"
EMULATOR = _TOOLS / "emulator"
PACKAGE_JSON = _TOOLS / "package.json"
PACKAGE_LOCK = _TOOLS / "package-lock.json"
