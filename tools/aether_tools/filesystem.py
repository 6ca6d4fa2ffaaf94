"""The file system in a Pico's flash: littlefs, as stock MicroPython makes it."""

from pathlib import PurePosixPath

from littlefs import LittleFS, LittleFSError, UserContext

from aether_tools.errors import UserError

# Where it lies in flash on an RPI_PICO build since v1.20, and how large it is.
START = 0xA0000
BLOCK = 4096
BLOCKS = 352
_LONGEST = 255
_NO_FOLDER, _FULL = -20, -28


def image(files: dict[str, bytes]) -> bytes:
    """A file system with these files, by their paths from the root; folders are made.

    UserError if they do not fit, or if a path is none.
    """
    contents = {_checked(path): data for path, data in files.items()}
    made = _fill(contents, BLOCKS)
    if made is None:
        needed = _needed(contents) * BLOCK
        raise UserError(
            f"the files do not fit: they need {needed:,} bytes of flash, "
            f"the file system has {BLOCKS * BLOCK:,}"
        )
    return bytes(made.context.buffer)


def contents(image: bytes) -> dict[str, bytes]:
    """Path from the root -> contents of every file in a file system's image."""
    lfs = _littlefs(UserContext(buffer=bytearray(image)), len(image) // BLOCK)
    files = {}
    try:
        lfs.mount()
        for folder, _, names in lfs.walk("/"):
            for name in names:
                path = str(PurePosixPath(folder, name))
                with lfs.open(path, "rb") as file:
                    files[path] = file.read()
    except LittleFSError as error:
        raise UserError(f"the flash holds no file system ({error})") from None
    return files


def _littlefs(context: UserContext, blocks: int) -> LittleFS:
    # The sizes that MicroPython gives; 2.0 is the oldest format, which every version mounts.
    return LittleFS(
        context,
        mount=False,
        block_size=BLOCK,
        block_count=blocks,
        read_size=32,
        prog_size=256,
        cache_size=1024,
        lookahead_size=32,
        disk_version=0x00020000,
    )


def _fill(files: dict[str, bytes], blocks: int) -> LittleFS | None:
    """None if `blocks` are too few."""
    lfs = _littlefs(UserContext(blocks * BLOCK), blocks)
    lfs.format()
    lfs.mount()
    for path, data in files.items():
        try:
            lfs.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
            with lfs.open(path, "wb") as file:
                file.write(data)
        except LittleFSError as error:
            if error.code == _FULL:
                return None
            if error.code == _NO_FOLDER:
                raise UserError(_both(path)) from None
            raise UserError(f"'{path}' cannot be in the board's file system ({error})") from None
        except OSError:  # a file in the place of a folder, or the other way round
            raise UserError(_both(path)) from None
    return lfs


def _both(path: str) -> str:
    return f"'{path}' cannot be there: a path is a file or a folder, not both"


def _needed(files: dict[str, bytes]) -> int:
    """Blocks that the files take in a file system with room for them."""
    blocks = BLOCKS
    bare = -(-sum(map(len, files.values())) // BLOCK)
    if bare > 16 * BLOCKS:
        return bare  # so much that the folders' share says nothing
    while True:
        blocks *= 2
        if made := _fill(files, blocks):
            return made.used_block_count


def _checked(path: str) -> str:
    names = PurePosixPath("/", path).parts[1:]
    legal = "\0" not in path and path == path.encode(errors="ignore").decode()
    if not names or path.endswith("/") or ".." in names or not legal:
        raise UserError(f"{path!r} is no path of a file on the board")
    for name in names:
        if len(name.encode()) > _LONGEST:
            raise UserError(f"'{name[:20]}…' is too long a name: at most {_LONGEST} bytes")
    return "/" + "/".join(names)
