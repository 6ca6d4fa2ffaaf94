"""What a call to the board takes, in nanoseconds of virtual time.

Fixed figures near what the call takes on an RP2040 at 125 MHz, interpreter included.
"""

TICKS = 6_000
SLEEP = 10_000
PIN = 8_000
IRQ_STATE = 6_000
SCHEDULE = 8_000
POLL = 20_000
TIMER = 20_000
I2S_OPEN = 200_000
I2S_CLOSE = 40_000
I2S_WRITE = 15_000
I2S_CALL = 15_000
OTHER = 10_000
