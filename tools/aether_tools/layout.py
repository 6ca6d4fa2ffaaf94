"""What a board gets: every file of a flashed board, by its path on the board."""

from pathlib import Path

from aether_tools import example_midi, mpy, paths
from aether_tools.boards import Board
from aether_tools.errors import UserError

# Kernels in one machine's assembler: NAME.py and NAME_*.py go to boards of these arches only.
ASSEMBLER = {
    "thumb": ("armv6m", "armv7m", "armv7em"),
    "vfp": ("armv7emsp", "armv7emdp"),
    "rv32": ("rv32imc",),
}
# The same of nodes; an RP2040 takes some of `thumb`, too.
NODES = {"rp2040": ("armv6m",), "thumb": ASSEMBLER["thumb"] + ASSEMBLER["vfp"]}
# In assembler of Arm; and what plays over the PIO and DMA of an RP2, of no use to an ESP32.
_ARM = "aether/ring_thumb.py"
_RP2 = ("aether/drivers/rp2_", "aether/ring")


def meant_for(name: str, arch: str | None) -> bool:
    """Whether boards of an arch, or of none, get a library file, as in aether/kernels/thumb.py."""
    if name.startswith(_RP2) and arch == "xtensawin":
        return False
    if name == _ARM and arch and not arch.startswith("armv"):
        return False
    folder, _, file = name.rpartition("/")
    backend = file.removesuffix(".py").partition("_")[0]
    assembler = ASSEMBLER if folder == "aether/kernels" else {}
    if folder.startswith("aether/nodes/"):
        assembler = NODES
    return arch in assembler.get(backend, (arch,))


def app_names() -> list[str]:
    """The apps that come with aether, sorted."""
    return sorted(p.stem for p in (paths.FIRMWARE / "apps").glob("*.py") if p.stem[0] != "_")


def app_path(app: str) -> Path:
    """The file of an app: one of ours by name, or the user's own by path."""
    own = paths.FIRMWARE / "apps" / f"{app}.py"
    if app in app_names():
        return own
    path = Path(app)
    if path.suffix == ".py" and path.is_file():
        if not path.stem.isidentifier():
            raise UserError(f"'{path.name}' cannot be imported: use letters, digits and _ only")
        return path
    raise UserError(
        f"unknown app '{app}'; there are: {', '.join(app_names())}, or the path of a .py file"
    )


def device_files(
    board: Board, app: str, options: dict | None = None, *, loads: mpy.Format | None = None
) -> dict[str, Path | bytes]:
    """Path on the board -> file on the host, or its contents.

    `options` are passed to the app's start(); they must be plain values, as they are written
    into /autostart.py. `loads` is what the board says that it loads: its arch goes before the
    board file's, as an RP2350 has cores of two kinds.
    """
    arch = loads.arch if loads else board.ARCH
    files: dict[str, Path | bytes] = {}
    for path in sorted((paths.LIB / "aether").rglob("*.py")):
        name = path.relative_to(paths.LIB).as_posix()
        if meant_for(name, arch):
            files["/lib/" + name] = path
    path = app_path(app)
    if path.parent == paths.FIRMWARE / "apps":
        for helper in sorted(path.parent.glob(f"_{path.stem}*.py")):
            files[f"/apps/{helper.name}"] = helper
        if path.stem == "polysynth":
            files["/piece.mid"] = example_midi.piece()
    files[f"/apps/{path.stem}.py"] = path
    files["/board.py"] = board.path
    files["/main.py"] = paths.FIRMWARE / "main.py"
    files["/autostart.py"] = f"APP = {path.stem!r}\nOPTIONS = {options or {}!r}\n".encode()
    return files
