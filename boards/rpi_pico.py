"""Raspberry Pi Pico and Pico W (RP2040), with an I2S DAC such as PCM5102 or MAX98357A.

WS must be the pin after SCK: both are side-set pins of one PIO program.
"""

NAME = "rpi_pico"
MCU = "RP2040"
ARCH = "armv6m"
# Bytes of heap, measured on stock v1.28 (gc.mem_alloc() + gc.mem_free()).
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
# Least MicroPython: the driver and the kernels rely on it.
MICROPYTHON = (1, 26)
# What the board says of itself: sys.platform, and a word of sys.implementation._machine.
PLATFORM = "rp2"
MACHINE = "Raspberry Pi Pico with RP2040"
FIRMWARE = "https://micropython.org/download/RPI_PICO/"
# What the emulated Pico runs: official image and boot ROM, and the SHA-256 that they must have.
IMAGE = "https://micropython.org/resources/firmware/RPI_PICO-20260406-v1.28.0.uf2"
IMAGE_SHA256 = "00aedb8431ebea83b470ef909509f16432c5b1b43e8f6eaf015f6f9560bc8152"
BOOTROM = "https://github.com/raspberrypi/pico-bootrom-rp2040/releases/download/b2/b2.elf"
BOOTROM_SHA256 = "3a3c4c617d83bc9b910a6fa7bfdffa11ce26ff89370271d861507be821cc49aa"
