"""What the interpreter writes, as the board sends it: in one piece or cut anywhere."""

import pytest
from aether_tools.virtual_output import RAW_BANNER, Output

NONCE = b"\x00\xfe01234567"
NATIVE = b"MicroPython 1 on 2026-01-01; linux version\r\n"
BOARD = b"MicroPython 1 on 2026-01-01; a board\r\n"
START = NONCE + b"B" + NATIVE


def sent(pieces: list[bytes], raw: bool = False) -> tuple[bytes, Output]:
    output = Output(NONCE, "a board", raw)
    return b"".join(output.feed(piece) for piece in pieces) + output.flush(), output


def cut(data: bytes, step: int) -> list[bytes]:
    return [data[i : i + step] for i in range(0, len(data), step)]


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_lines_get_their_return_and_binary_output_does_not(step):
    written = b"a\nb\r\n\n" + b"c\r" + NONCE + b"\n\n"
    assert sent(cut(written, step))[0] == b"a\r\nb\r\n\r\nc\r\n\r\n"


# A banner is written in a few pieces, never byte by byte.
@pytest.mark.parametrize("step", [5, 11, 1000])
def test_the_boards_banner_stands_for_the_hosts(step):
    text, output = sent(cut(b"boot\n" + START + NATIVE + b">>> ", step))
    assert text == b"boot\r\n" + BOARD + b">>> "
    assert output.booted and not output.raw


@pytest.mark.parametrize("step", [5, 11, 1000])
def test_after_a_reset_of_the_raw_repl_only_its_banner_is_seen(step):
    written = START + NATIVE + b">>> \r\n" + RAW_BANNER + b">"
    text, output = sent(cut(written, step), raw=True)
    assert text == RAW_BANNER + b">"
    assert output.raw


def test_the_repl_in_use_is_known_from_the_last_banner():
    for banner, raw in ((RAW_BANNER, True), (NATIVE, False)):
        assert sent([START + NATIVE, RAW_BANNER, NATIVE, banner])[1].raw is raw


def test_what_only_looks_like_the_start_of_a_banner_is_held_and_let_go():
    output = Output(NONCE, "a board", False)
    assert output.feed(b"abc raw REPL") == b"abc "
    assert output.holding
    assert output.flush() == b"raw REPL"
    assert not output.holding
