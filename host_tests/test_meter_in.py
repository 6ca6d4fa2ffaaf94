"""What an input stream makes of the clock over machine.I2S: gaps, and how much has waited."""

import pytest
from aether import meter_in
from aether.ticks import ticks_add

# Microseconds: of a read, and of what can wait.
READ = 5805
DEPTH = 23220


def meter():
    return meter_in.InMeter(READ << 8, DEPTH)


def read_at(meter, times) -> int:
    """Hands a read over at each of the times; how many gaps that makes."""
    before = meter.overruns
    for time in times:
        meter.reading(ticks_add(1 << 29, time))
    return meter.overruns - before


def test_reads_in_time_make_no_gap():
    m = meter()
    assert read_at(m, range(0, 100 * READ, READ)) == 0
    assert m.most_us == 0


@pytest.mark.parametrize("late", [0, READ, DEPTH - 1, DEPTH + 1, 3 * DEPTH])
def test_what_waits_longer_than_there_is_room_is_one_gap(late):
    m = meter()
    read_at(m, [0, READ])
    # Reads that are there already follow at once.
    times = [2 * READ + late + 300 * i for i in range(4)]
    assert read_at(m, times) == (late > DEPTH)
    assert m.most_us == min(late, DEPTH)


def test_a_program_that_never_keeps_up_makes_gap_after_gap():
    m = meter()
    gaps = read_at(m, range(0, 2000 * READ, 2 * READ))
    # Each read is two long: one is lost for each that is taken, once the room is used up.
    assert gaps == pytest.approx(1000, abs=10)


@pytest.mark.parametrize("off", [1 - 2e-4, 1 + 2e-4])
def test_a_bus_that_is_not_quite_at_its_rate_makes_no_gap(off):
    m = meter()
    # An hour.
    assert read_at(m, [int(i * READ * off) for i in range(600000)]) == 0
    assert m.most_us < READ


def test_a_bus_that_is_opened_anew_is_one_gap():
    m = meter()
    read_at(m, [0, READ])
    m.reopened(ticks_add(1 << 29, 20 * READ))
    assert m.overruns == 1
    assert read_at(m, [20 * READ + i * READ for i in range(10)]) == 0
