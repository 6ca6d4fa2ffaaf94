"""The file system of the emulated flash holds what it was given, and MicroPython mounts it."""

from hashlib import sha256

import pytest
from aether_tools import filesystem, interpreter
from aether_tools.errors import UserError
from micropython_host import Runtime

FILES = {
    "/main.py": b"print('here')\n",
    "/lib/aether/__init__.py": b"",
    "/lib/aether/pool.mpy": bytes(range(256)) * 40,
    "/music.wav": b"\0\1" * 200_000,
    "/Ä b.txt": b"x" * 513,
}
# Mounts image.bin as the flash of a board, and tells of every file that it finds there.
MOUNT = """
import vfs, os, hashlib

class Flash:
    def __init__(self):
        self.data = bytearray(open("image.bin", "rb").read())
    def readblocks(self, n, buf, off=0):
        buf[:] = self.data[n * 4096 + off : n * 4096 + off + len(buf)]
    def writeblocks(self, n, buf, off=0):
        self.data[n * 4096 + off : n * 4096 + off + len(buf)] = buf
    def ioctl(self, op, arg):
        return {4: len(self.data) // 4096, 5: 4096}.get(op, 0)

vfs.mount(vfs.VfsLfs2(Flash(), readsize=32, progsize=256, lookahead=32), "/flash")

def tell(folder):
    for name, kind, *_ in os.ilistdir(folder):
        path = folder + "/" + name
        if kind == 0x4000:
            tell(path)
        else:
            data = open(path, "rb").read()
            print(path, len(data), hashlib.sha256(data).digest().hex())

tell("/flash")
with open("/flash/lib/new", "w") as file:
    file.write("written here")
print(open("/flash/lib/new").read())
"""


def refusal(files: dict[str, bytes]) -> str:
    with pytest.raises(UserError) as caught:
        filesystem.image(files)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_goes_in_comes_out():
    assert filesystem.contents(filesystem.image(FILES)) == FILES


def test_it_fills_the_rest_of_two_megabytes():
    assert filesystem.START + len(filesystem.image({})) == 2 << 20
    assert filesystem.contents(filesystem.image({})) == {}


def test_the_same_files_give_the_same_bytes():
    assert filesystem.image(FILES) == filesystem.image(dict(FILES))


def test_its_format_is_the_oldest_one():
    superblock = filesystem.image({})[:64]
    assert superblock[8:16] == b"littlefs"
    assert superblock[20:24] == b"\0\0\2\0"


def test_a_path_need_not_begin_at_the_root():
    image = filesystem.image({"main.py": b"1", "lib//a.py": b"2", "./b.py": b"3"})
    assert filesystem.contents(image) == {"/main.py": b"1", "/lib/a.py": b"2", "/b.py": b"3"}


@pytest.mark.skipif(not interpreter.available(), reason=interpreter.why_not())
def test_micropython_mounts_it_reads_it_and_writes_to_it(tmp_path):
    (tmp_path / "image.bin").write_bytes(filesystem.image(FILES))
    program = MOUNT.replace("image.bin", str(tmp_path / "image.bin"))
    said = Runtime("any", micropython=True, backend="any").run(program, heap="8M", prepare=False)
    told = {f"/flash{path} {len(x)} {sha256(x).hexdigest()}" for path, x in FILES.items()}
    *files, written = said.splitlines()
    assert set(files) == told
    assert written == "written here"


def test_files_that_just_fit_and_one_more_byte():
    # Beside the contents' blocks there are two of the root, and a pointer in most of them.
    most = 348 * filesystem.BLOCK
    assert filesystem.contents(filesystem.image({"/a": bytes(most)})) == {"/a": bytes(most)}
    line = refusal({"/a": bytes(most), "/b": bytes(2 * filesystem.BLOCK)})
    assert "do not fit: they need 1,4" in line
    assert "the file system has 1,441,792" in line


@pytest.mark.parametrize("size", [1_500_000, 40_000_000])
def test_a_file_larger_than_the_flash(size):
    line = refusal({"/a": bytes(size)})
    needed = int(line.split("they need ")[1].split(" bytes")[0].replace(",", ""))
    assert size < needed < 1.02 * size


def test_many_files_need_more_than_their_bytes():
    files = {f"/{number}": bytes(filesystem.BLOCK + 1) for number in range(180)}
    assert sum(map(len, files.values())) < filesystem.BLOCKS * filesystem.BLOCK
    assert "do not fit" in refusal(files)


@pytest.mark.parametrize("path", ["", "/", "a/", "../a", "a/../b", "a\0b", "\udc80"])
def test_what_is_no_path_of_a_file(path):
    assert refusal({path: b""}) == f"{path!r} is no path of a file on the board"


def test_the_longest_name_and_one_byte_more():
    assert filesystem.contents(filesystem.image({"x" * 255: b"1"})) == {"/" + "x" * 255: b"1"}
    assert "at most 255 bytes" in refusal({"/lib/" + "x" * 256: b""})
    assert "at most 255 bytes" in refusal({"ä" * 128: b""})


@pytest.mark.parametrize("paths", [("a", "a/b"), ("a/b", "a")])
def test_what_is_a_file_is_no_folder(paths):
    assert "a file or a folder, not both" in refusal(dict.fromkeys(paths, b"1"))


@pytest.mark.parametrize(
    "image", [bytes(352 * 4096), b"\xff" * 352 * 4096], ids=["zeros", "erased"]
)
def test_flash_without_a_file_system(image):
    with pytest.raises(UserError, match="holds no file system"):
        filesystem.contents(image)
