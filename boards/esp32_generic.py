"""ESP32 modules (WROOM, DevKitC), with an I2S DAC such as PCM5102 or MAX98357A."""

NAME = "esp32_generic"
MCU = "ESP32"
ARCH = "xtensawin"
# Bytes of heap: 64,000 at first and one more area of 49,152, as micropython.mem_info() showed on
# stock firmware without PSRAM (micropython pull request 12952). Not read off a board by us.
HEAP = 113152
I2S_ID = 0
SCK = 26
WS = 25
SD = 22
# A microphone with clocks of its own.
IN_ID = 1
IN_SCK = 14
IN_WS = 27
IN_SD = 33
# MIDI in: a UART, and the pin on which it receives.
MIDI_ID = 2
MIDI_RX = 16
RATE = 44100
# Bytes: eight DMA buffers of 256 frames, 46 ms of 16-bit stereo at 44.1 kHz.
IBUF = 8192
POOL = 32
DRIVER = "machine"
# Least MicroPython: the driver and the kernels rely on it.
MICROPYTHON = (1, 26)
# What the board says of itself: sys.platform, and a word of sys.implementation._machine.
PLATFORM = "esp32"
MACHINE = "Generic ESP32 module with ESP32"
FIRMWARE = "https://micropython.org/download/ESP32_GENERIC/"
