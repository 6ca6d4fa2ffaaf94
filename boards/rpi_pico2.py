"""Raspberry Pi Pico 2 and Pico 2 W (RP2350, Arm cores), with an I2S DAC.

WS must be the pin after SCK: both are side-set pins of one PIO program.
"""

NAME = "rpi_pico2"
MCU = "RP2350"
ARCH = "armv7emsp"
# Bytes of heap: what the linker leaves in a stock v1.28 build (509,248), less the collector's own
# 3 bits for every 16 bytes. Not read off a board.
HEAP = 497536
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
POOL = 64
DRIVER = "dma"
# Least MicroPython: the driver and the kernels rely on it.
MICROPYTHON = (1, 26)
# What the board says of itself: sys.platform, and a word of sys.implementation._machine.
PLATFORM = "rp2"
MACHINE = "Raspberry Pi Pico2 with RP2350"
FIRMWARE = "https://micropython.org/download/RPI_PICO2/"
