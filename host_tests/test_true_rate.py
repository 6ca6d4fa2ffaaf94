"""A driver says which rate its clock divider makes."""

import pytest

_RATES = """
import board
from aether import drivers
for bits in (16, 32):
    for rate in (8000, 22050, 44100, 48000):
        for name in ("dma", "machine"):
            driver = drivers.from_board(board, driver=name, rate=rate, bits=bits)
            print(name, rate, bits, driver.true_rate())
            driver.close()
driver = drivers.from_board(board, driver="dma", rate=48000, clock=126_000_000)
print("clocked", 48000, 16, driver.true_rate())
driver.close()
"""


def test_the_divider_of_an_rp2_counts_in_256ths(pico):
    seen = 0
    for line in pico(_RATES).text.splitlines():
        name, rate, bits, true = line.split()
        steps, clock = int(rate) * int(bits) * 4, 126e6 if name == "clocked" else 125e6
        divider = round(clock * 256 / steps)
        assert float(true) == pytest.approx(clock * 256 / divider / int(bits) / 4, rel=3e-7), line
        seen += 1
    assert seen == 17


@pytest.mark.parametrize("board", ["esp32_generic"], indirect=True)
def test_an_esp32_is_taken_at_its_word(board):
    run = board("driver = drivers.from_board(board)\nprint(driver.true_rate(), driver.rate)")
    true, rate = map(float, run.text.split())
    assert true == rate
