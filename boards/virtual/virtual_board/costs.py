"""What a call to the board takes, in nanoseconds of virtual time.

Fixed figures near what the call takes on an RP2040 at 125 MHz, interpreter included.
"""

TICKS = 5_000
TIME = 19_000
TIME_NS = 14_000
DATE = 38_000
# Every sleep takes this beyond what it was asked for.
SLEEP = 8_500
SLEEP_US = 6_000
# A pin looked up; set up; read or set.
PIN = 4_000
PIN_INIT = 14_000
PIN_VALUE = 5_500
PIN_IRQ = 9_000
IRQ_STATE = 5_000
SCHEDULE = 5_000
# From the end of an interrupt to the first line of a soft callback.
CALLBACK = 10_000
# The object; register; modify and unregister; a look at one stream.
POLL_MAKE = 27_000
POLL_REGISTER = 18_000
POLL_CHANGE = 6_000
POLL = 20_000
TIMER = 26_000
TIMER_INIT = 26_000
TIMER_STOP = 5_000
I2S_OPEN = 100_000
# Until the bus has stopped, and what follows.
I2S_STOP = 5_500
I2S_CLOSE = 6_500
I2S_WRITE = 10_000
I2S_READ = 14_000
I2S_CALL = 7_000
I2S_SHIFT = 15_000
# freq(), and setting it; RTC.datetime, and setting it, beside mktime.
FREQ = 5_000
FREQ_SET = 110_000
RTC = 38_000
RTC_SET = 90_000
OTHER = 13_000

# rp2 at 125 MHz; these get faster with the clock. The I2S interrupt, and what it takes for a
# byte into the ring, for one between ring and DMA memory, and for one received by the program:
# 2 % less than on the emulated chip, see "What differs" in the README.
I2S_IRQ = 4_100
I2S_IRQ_PUT = 580
I2S_IRQ_GET = 472
I2S_IRQ_FILL = 614
# A byte that a blocking or asyncio transfer puts into the ring itself, or takes from it.
I2S_COPY = 584
I2S_COPY_OUT = 729
# Sixteen bytes of the ring, to be had from the heap and cleared; to be given back.
I2S_RING = 332
I2S_FREE = 248

# SPI: made, set up; what a transfer takes beside its bits, by direction.
SPI = 168_000
SPI_INIT = 85_000
SPI_WRITE = 6_200
SPI_READINTO = 7_800
SPI_READ = 14_700
# machine.SDCard on esp32: a call; until the card answers the first one.
SD = 100_000
SD_START = 50_000_000
# A card that has taken a block is busy for so long.
SD_WRITE = 500_000
# ADC: the object; a conversion. PWM: the object; anything else.
ADC = 7_500
ADC_READ = 6_200
PWM = 10_000
PWM_CALL = 6_000

# rp2.DMA: the object; a register read, set; config(), and each value; pack_ctrl(), and each
# field; the rest.
DMA = 8_000
DMA_GET = 2_300
DMA_SET = 2_400
DMA_CONFIG = 10_000
DMA_VALUE = 1_300
DMA_ACTIVE = 4_000
# What a call that has started a channel goes on for.
DMA_STARTED = 1_500
DMA_IRQ = 8_000
DMA_CLOSE = 5_000
DMA_PACK = 18_400
DMA_FIELD = 3_000
DMA_UNPACK = 318_000
# From the interrupt to the first line of a hard handler, and from its end to the program; a soft
# one is scheduled.
IRQ_ENTRY = 5_000
IRQ_EXIT = 3_000
IRQ_SOFT = 3_000
PIO = 2_300
PIO_PROGRAM = 10_000
# A line of a PIO program in rp2.asm_pio.
PIO_LINE = 350_000
STATE_MACHINE = 2_700
STATE_MACHINE_INIT = 40_000
STATE_MACHINE_ACTIVE = 4_500
