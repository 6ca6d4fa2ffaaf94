"""ESP32-S3 modules (DevKitC-1 and the like), with an I2S DAC such as PCM5102 or MAX98357A."""

NAME = "esp32_s3"
MCU = "ESP32S3"
ARCH = "xtensawin"
# Bytes of heap: 64,000 at first and one more area of 188,352, as micropython.mem_info() showed
# on stock firmware without PSRAM (micropython pull request 12141). Not read off a board by us.
HEAP = 252352
I2S_ID = 0
SCK = 5
WS = 6
SD = 7
# A microphone with clocks of its own.
IN_ID = 1
IN_SCK = 15
IN_WS = 16
IN_SD = 17
# MIDI in: a UART, and the pin on which it receives.
MIDI_ID = 1
MIDI_RX = 18
RATE = 44100
# Bytes: eight DMA buffers of 256 frames, 46 ms of 16-bit stereo at 44.1 kHz.
IBUF = 8192
POOL = 64
DRIVER = "machine"
# Least MicroPython: the driver and the kernels rely on it.
MICROPYTHON = (1, 26)
# What the board says of itself: sys.platform, and a word of sys.implementation._machine.
PLATFORM = "esp32"
MACHINE = "Generic ESP32S3 module with ESP32S3"
FIRMWARE = "https://micropython.org/download/ESP32_GENERIC_S3/"
