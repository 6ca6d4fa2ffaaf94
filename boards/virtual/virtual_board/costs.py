"""What a call to the board takes, in nanoseconds of virtual time.

Fixed figures near what the call takes on an RP2040 at 125 MHz, interpreter included.
"""

TICKS = 6_000
# Every sleep takes this beyond what it was asked for.
SLEEP = 30_000
SLEEP_US = 5_000
PIN = 9_000
IRQ_STATE = 6_000
SCHEDULE = 12_000
# From the end of an interrupt to the first line of a soft callback.
CALLBACK = 12_000
POLL = 20_000
TIMER = 12_000
I2S_OPEN = 290_000
I2S_CLOSE = 80_000
I2S_WRITE = 14_000
I2S_CALL = 12_000
OTHER = 10_000

# rp2 at 125 MHz; these get faster with the clock. The I2S interrupt, and what it takes for a
# byte into the ring, for one between ring and DMA memory, and for one received by the program.
I2S_IRQ = 3_000
I2S_IRQ_PUT = 553
I2S_IRQ_GET = 440
I2S_IRQ_FILL = 600
# A byte that a blocking or asyncio write copies itself.
I2S_COPY = 680
