"""The SD card of the virtual board: a folder of the host, mounted by programs as on a board."""

import os

import pytest
from aether_tools import cli, sd_folder
from aether_tools.errors import UserError
from pty_kit import virtual
from virtual_run import needs_micropython, play

pytestmark = needs_micropython

# How a program comes by a card on each board.
SPI = """
import os, sdcard
from machine import SPI, Pin
bus = SPI(1, sck=Pin(10), mosi=Pin(11), miso=Pin(12), baudrate=4_000_000)
card = sdcard.SDCard(bus, Pin(13))
"""
SOFT = """
import os, sdcard
from machine import SoftSPI, Pin
card = sdcard.SDCard(SoftSPI(sck=Pin(2), mosi=Pin(3), miso=Pin(5)), Pin(4, Pin.OUT))
"""
SLOT = """
import os, machine
card = machine.SDCard(slot=2)
"""
MOUNTED = "os.mount(card, '/sd')\n"
PLAYED = """
from machine import I2S
open("/sd/b", "w").close()
bus = I2S(0, sck=Pin(16), ws=Pin(17), sd=Pin(18), mode=I2S.TX, bits=16, format=I2S.MONO,
    rate=8000, ibuf=2000)
bus.write(bytes(8000))
"""
WAYS = [("rpi_pico", SPI), ("rpi_pico", SOFT), ("esp32_generic", SPI), ("esp32_generic", SLOT)]
IDS = ["rp2-spi", "rp2-soft", "esp32-spi", "esp32-slot"]


@pytest.fixture(params=WAYS, ids=IDS)
def way(request):
    board, program = request.param
    if board == "esp32_generic":
        program = program.replace("SPI(1, sck=Pin(10), mosi=Pin(11), miso=Pin(12)", "SPI(1")
    return board, program


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "card"
    (folder / "music").mkdir(parents=True)
    (folder / "music" / "Long name.wav").write_bytes(bytes(range(256)) * 20)
    (folder / "old.txt").write_text("old")
    (folder / "gone.txt").write_text("gone")
    return folder


def run(way, program: str, folder=None, **options):
    board, mount = way
    return play(mount + program, board, opened=False, sd=folder, **options)


def test_the_folder_is_on_the_card_and_gets_what_changes_there(way, folder):
    kept = (folder / "music" / "Long name.wav").stat()
    (folder / ".aether-scratch").mkdir()
    p = run(
        way,
        """
os.mount(card, "/sd")
print(sorted(os.listdir("/sd")), os.stat("/sd/music/Long name.wav")[6])
with open("/sd/music/Long name.wav", "rb") as file:
    data = file.read()
print(data == bytes(range(256)) * 20)
with open("/sd/take 1.raw", "wb") as file:
    for i in range(9):
        print(file.write(data[: 1000 * i]), end=" ")
with open("/sd/old.txt", "a") as file:
    file.write(" and new")
os.remove("/sd/gone.txt")
os.mkdir("/sd/empty")
print([name for name in os.listdir("/sd") if name[0] == "."])
os.umount("/sd")
""",
        folder,
        seconds=60,
    )
    assert p.code == 0, p.err
    assert p.lines == [
        "['gone.txt', 'music', 'old.txt'] 5120",
        "True",
        "0 1000 2000 3000 4000 5000 5120 5120 5120 []",
    ]
    (folder / ".aether-scratch").rmdir()
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
    assert names == ["empty", "music", "music/Long name.wav", "old.txt", "take 1.raw"]
    data = bytes(range(256)) * 20
    assert (folder / "take 1.raw").read_bytes() == b"".join(data[: 1000 * i] for i in range(9))
    assert (folder / "old.txt").read_text() == "old and new"
    # What did not change is the same file.
    left = (folder / "music" / "Long name.wav").stat()
    assert (left.st_ino, left.st_mtime_ns) == (kept.st_ino, kept.st_mtime_ns)


def test_a_file_that_became_a_folder_and_the_other_way_round_does_so_in_the_folder(folder):
    p = run(
        WAYS[0],
        """
os.mount(card, "/sd")
os.remove("/sd/music/Long name.wav")
os.rmdir("/sd/music")
open("/sd/music", "w").close()
os.remove("/sd/old.txt")
os.mkdir("/sd/old.txt")
open("/sd/old.txt/new", "w").close()
""",
        folder,
    )
    assert p.code == 0, p.err
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
    assert names == ["gone.txt", "music", "old.txt", "old.txt/new"]
    assert (folder / "music").read_bytes() == b""


def test_what_cannot_be_put_into_the_folder_is_named_and_the_rest_is_there(folder):
    def take_back(self, real=sd_folder.Card.take_back):
        (folder / "a").write_text("the user's own, made while the program ran")
        real(self)

    wav = folder.parent / "out.wav"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sd_folder.Card, "take_back", take_back)
        with pytest.raises(UserError, match=f"cannot write {folder / 'a'}: File exists"):
            run(WAYS[0], f"{MOUNTED}os.mkdir('/sd/a')\n{PLAYED}", folder, wav=wav)
    assert (folder / "a").is_file()
    assert (folder / "b").is_file()
    assert wav.is_file()


def test_a_wav_in_a_folder_of_the_card_is_written_beside_what_changes_there(folder):
    wav = folder / "music" / "out.wav"
    p = run(WAYS[0], MOUNTED + PLAYED, folder, wav=wav)
    assert p.code == 0, p.err
    assert wav.is_file()
    assert (folder / "b").is_file()


def test_without_a_card_programs_hear_it_and_the_user_is_told_once(way):
    p = run(way, "os.mount(card, '/sd')\n")
    assert p.code == 1
    assert "OSError" in p.err
    assert p.err.count("aether: the virtual board has no SD card: --sd DIR gives it one\n") == 1
    if way[1] != SLOT:
        assert "OSError: no SD card" in p.err


def test_the_board_has_a_driver_unless_the_user_has_one(tmp_path, folder):
    (tmp_path / "sdcard.py").write_text("SDCard = lambda spi, cs: print('mine')\n")
    p = play(SPI, opened=False, sd=folder, fs=tmp_path)
    assert p.lines == ["mine"]


def test_what_was_written_before_the_end_is_on_the_card(way, folder):
    p = run(
        way,
        """
os.mount(card, "/sd")
file = open("/sd/take.raw", "wb")
n = 0
try:
    while True:
        n += file.write(bytes(700))
finally:
    file.close()
    print(n)
""",
        folder,
        seconds=1,
    )
    assert p.code == 0, p.err
    size = (folder / "take.raw").stat().st_size
    # What the last write was told is lost with it.
    assert 0 <= size - int(p.out) < 1400
    assert size > 10_000


def test_a_thread_runs_while_the_card_is_read(way, folder):
    p = run(
        way,
        """
import _thread, time
os.mount(card, "/sd")
n = 0
def other():
    global n
    while n < 20:
        time.sleep_ms(5)
        n += 1
_thread.start_new_thread(other, ())
while n < 20:
    size = os.stat("/sd/old.txt")[6]
print(n, size)
""",
        folder,
        seconds=5,
        patience=10,
    )
    assert (p.code, p.err, p.lines) == (0, "", ["20 3"])


def test_the_bus_takes_its_time(folder):
    def took(baudrate: int) -> int:
        program = SPI.replace("Pin(13)", f"Pin(13), {baudrate}") + "\nimport time\n"
        program += "block = bytearray(512 * 8)\nstart = time.ticks_us()\n"
        program += "card.readblocks(0, block)\nprint(time.ticks_diff(time.ticks_us(), start))\n"
        return int(play(program, opened=False, sd=folder).out)

    bits = 8 * 8 * 512
    slow, fast = took(1_000_000), took(10_000_000)
    assert slow > bits
    assert slow - fast == pytest.approx(bits * 0.9, rel=0.05)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: (path / "A.txt").write_text(""), "'a.txt' differs in case alone"),
        (lambda path: os.mkfifo(path / "pipe"), "'pipe' is no ordinary file"),
        (lambda path: (path / "a:b").write_text(""), "'a:b' cannot be"),
        (lambda path: (path / "a. ").write_text(""), "'a. ' ends with what FAT leaves out"),
        (lambda path: (path / "a\nb").write_text(""), r"'a\nb' has characters"),
        (lambda path: (path / os.fsdecode(b"a\xff")).mkdir(), r"'a\udcff' has characters"),
    ],
)
def test_a_folder_that_fits_no_card_is_refused_in_a_line(tmp_path, capsys, make, why):
    folder = tmp_path / "card"
    folder.mkdir()
    (folder / "a.txt").write_text("")
    make(folder)
    (tmp_path / "p.py").write_text("print('no')\n")
    assert cli.main(["run", str(tmp_path / "p.py"), "--sd", str(folder)]) == 2
    err = capsys.readouterr().err
    assert why in err
    assert err.startswith("aether: ") and err.count("\n") == 1


def test_no_folder_is_no_card(tmp_path, capsys):
    (tmp_path / "p.py").write_text("print('no')\n")
    assert cli.main(["run", str(tmp_path / "p.py"), "--sd", str(tmp_path / "nope")]) == 2
    assert "is no folder" in capsys.readouterr().err


def test_a_board_behind_a_pty_keeps_its_card_through_a_soft_reset(folder, tmp_path):
    flash = tmp_path / "flash"
    flash.mkdir()
    write = "import machine, os\nos.mount(machine.SDCard(), '/sd')\n"
    with virtual(flash, "--board", "esp32_generic", "--sd", str(folder)) as board:
        board.does("exec", write + "f = open('/sd/a.txt', 'w')\nf.write('one')\nf.close()")
        # mpremote resets the board before each.
        assert "a.txt" in board.does("exec", write + "print(os.listdir('/sd'))")
        assert board.stop() == 0
    assert (folder / "a.txt").read_text() == "one"
