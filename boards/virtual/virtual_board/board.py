"""What the chosen board is: its clock, its identity, and which driver its I2S follows."""

from virtual_board import engine

current = None


class Board:
    """Made once at start from the values of a board file."""

    def __init__(self, values, cost):
        self.values = values
        self.platform = values["PLATFORM"]
        self.esp32 = self.platform == "esp32"
        self.clock = 160_000_000 if self.esp32 else _CLOCKS.get(values["MCU"], 125_000_000)
        self.ticks_cpu_mhz = 160 if self.esp32 else 1
        self.pins = 49 if self.esp32 else 30
        # 1970 or 2000, in seconds of 1970; the clock starts at 2021 on rp2, at the epoch on esp32.
        self.epoch = 946_684_800 if self.esp32 else 0
        self.started_at = 0 if self.esp32 else 1_609_459_200
        self.unique_id = bytes((0xAE, 0x7E, 0x12, 0, 0, 0, 0, 1))[: 6 if self.esp32 else 8]
        self.i2s = []
        # Underruns, starved frames, frames played of those that are no more in the list.
        self.past = [0, 0, 0]
        # The files in flash opened last for writing; whether one was open while an I2S received.
        self._flash_files = []
        self.flash_and_input = False
        self.dma = None
        self.meter = None
        self.reset = None
        self.bite = None
        self.cost = cost
        self.owed = 0
        self.I2S = None

    def retire(self, driver):
        """Another has taken the place of a driver; what it has counted stays."""
        self.i2s.remove(driver)
        for i, n in enumerate((driver.underruns, driver.starved_frames, driver.frames_played)):
            self.past[i] += n

    def charge(self, n, frame):
        """Rendering takes --cost for every 64 frames written, or part of them.

        In a callback it is due when that ends, as it would be after handing over the frames
        rendered before; anywhere else before the frames are handed over.
        """
        if self.cost:
            took = (n // frame + 63) // 64 * self.cost
            if engine.in_callback:
                self.owed += took
            else:
                engine.spend(took)

    def opened_in_flash(self, file):
        """A file has been opened for writing."""
        self._flash_files = self._flash_files[-3:] + [file]
        self.beside_input()

    def beside_input(self):
        """Called where a file or an input is opened: notes if both are open."""
        if any(d.open and not d.tx for d in self.i2s):
            self.flash_and_input = self.flash_and_input or any(map(_is_open, self._flash_files))

    def set_clock(self, hz):
        if self.esp32:
            if hz not in (20_000_000, 40_000_000, 80_000_000, 160_000_000, 240_000_000):
                raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz")
            self.clock = hz
            return
        if not _reachable(hz // 1000):
            raise ValueError("cannot change frequency")
        self.clock = hz // 1000 * 1000
        for driver in self.i2s:
            if driver.open:
                driver.set_clock()
        if self.dma is not None:
            self.dma.retime()


def _is_open(file):
    try:
        file.tell()
    except ValueError:
        return False
    return True


_CLOCKS = {"RP2040": 125_000_000, "RP2350": 150_000_000}


def _reachable(khz):
    """Whether the PLL (12 MHz crystal, VCO 750 to 1600 MHz) can make it."""
    for vco in range(756_000, 1_600_001, 12_000):
        for first in range(1, 8):
            for second in range(1, first + 1):
                if vco == khz * first * second:
                    return True
    return False
