"""Virtual time: clock, sleeps, ticks, the scheduler, select, threads."""

import pytest
from virtual_run import needs_micropython, play

pytestmark = needs_micropython


def lines(snippet, board="rpi_pico", **options):
    p = play("import time\n" + snippet, board, opened=False, **options)
    assert p.code == 0, p.err
    return p.lines


def test_sleeping_takes_virtual_time_and_hardly_any_other():
    p = play(
        """
        import time
        start = time.ticks_ms()
        time.sleep(100)
        print(time.ticks_diff(time.ticks_ms(), start))
        """,
        opened=False,
        seconds=1000,
    )
    assert p.lines == ["100000"]
    assert p.report["seconds"] == pytest.approx(100, abs=0.001)


def test_code_takes_no_time_and_board_calls_do():
    assert lines("""
a = time.ticks_us()
x = sum(i * i for i in range(20000))
b = time.ticks_us()
for _ in range(100): time.ticks_us()
c = time.ticks_us()
print(b - a, c - b)
""") == ["5 505"]


@pytest.mark.parametrize(
    ("board", "seen"), [("rpi_pico", [1000, 1600, 2800]), ("esp32_generic", [600, 1600, 2600])]
)
def test_a_callback_waits_for_the_end_of_a_spinning_sleep_on_rp2(board, seen):
    # Beyond a millisecond rp2 sleeps the whole ones, and callbacks run in these.
    assert lines(
        """
from machine import Timer
import sys
a = []
note = lambda t: a.append((time.ticks_us() - start + 50) // 100 * 100)
timers = [Timer(-1 if sys.platform == "rp2" else n) for n in range(3)]
start = time.ticks_us()
for n, t in enumerate(timers):
    t.init(mode=Timer.ONE_SHOT, period=55 + 100 * n, tick_hz=100000, callback=note)
time.sleep_us(900)
time.sleep_us(1800)
print(a)
""",
        board,
    ) == [str(seen)]


def test_ticks_wrap_at_2_to_the_30():
    assert lines(
        """
for _ in range(11): time.sleep(100)
print(time.ticks_us(), 1100 * 10**6 & (1 << 30) - 1)
print(time.ticks_diff(3, (1 << 30) - 5), time.ticks_add((1 << 30) - 1, 2))
try: time.ticks_add(0, 1 << 29)
except OverflowError as error: print(error)
""",
        seconds=0,
    )[1:] == ["8 1", "ticks interval overflow"]


def test_the_clocks_agree():
    assert lines("""
time.sleep_ms(1500)
ms, us, s, ns = time.ticks_ms(), time.ticks_us(), time.time(), time.time_ns()
print(us // 1000 - ms, ns // 10**9 - s, time.localtime()[:6], len(time.gmtime()))
print([time.mktime(time.gmtime(t)) == t for t in (0, 951782399, 1709164800, 4102444799)])
""") == ["0 0 (2021, 1, 1, 0, 0, 1) 8", "[True, True, True, True]"]


def test_an_esp32_counts_from_2000():
    assert lines(
        "print(time.gmtime(0)[:3], time.mktime((2000, 1, 2, 0, 0, 0, 0, 0)))", "esp32_generic"
    ) == ["(2000, 1, 1) 86400"]


def test_the_scheduler_is_eight_deep():
    assert lines("""
import micropython
def inner(_):
    n = 0
    try:
        while True:
            micropython.schedule(print, n)
            n += 1
    except RuntimeError as error:
        print(error, n)
micropython.schedule(inner, 0)
time.sleep_ms(1)
""") == ["schedule queue full 8", *"01234567"]


def test_a_callback_that_schedules_itself_does_not_hold_up_the_program():
    assert lines("""
import micropython
n = 0
def again(_):
    global n
    n += 1
    micropython.schedule(again, 0)
again(0)
time.sleep_ms(10)
print(n > 10)
""") == ["True"]


def test_masked_interrupts_wait():
    assert lines("""
from machine import Timer, disable_irq, enable_irq
a = []
Timer(-1, mode=Timer.ONE_SHOT, period=5, callback=lambda t: a.append(time.ticks_ms()))
outer = disable_irq()
inner = disable_irq()
time.sleep_ms(20)
enable_irq(inner)
print(a)
enable_irq(outer)
time.sleep_ms(1)
print(a)
""") == ["[]", "[20]"]


def test_an_error_outside_any_line_has_no_heading():
    assert lines("import micropython\nmicropython.schedule(5, 0)\ntime.sleep_ms(1)") == [
        "TypeError: 'int' object isn't callable"
    ]


def test_frequencies_the_clock_can_and_cannot_have():
    assert lines("""
import machine
print(machine.freq())
for f in (133_000_000, 200_000_000, 48_000_000, 125_000_001, 123_456_789, 7):
    try:
        machine.freq(f)
        print(machine.freq())
    except ValueError as error:
        print(error)
""") == [
        "125000000",
        "133000000",
        "200000000",
        "48000000",
        "125000000",
        "cannot change frequency",
        "cannot change frequency",
    ]


def test_poll_times_out_in_virtual_time():
    assert lines(
        """
import select
start = time.ticks_ms()
print(select.poll().poll(5000), time.ticks_ms() - start)
""",
        seconds=10,
    ) == ["[] 5000"]


def test_asyncio_runs_on_the_virtual_clock():
    assert lines("""
import asyncio
async def say(ms, what):
    await asyncio.sleep_ms(ms)
    print(what, time.ticks_ms())
async def main():
    tasks = [asyncio.create_task(say(ms, ms)) for ms in (30, 10, 20)]
    await asyncio.gather(*tasks)
    flag = asyncio.Event()
    async def setter():
        await asyncio.sleep(1)
        flag.set()
    asyncio.create_task(setter())
    await flag.wait()
    try:
        await asyncio.wait_for(say(1000, "never"), 0.5)
    except asyncio.TimeoutError:
        print("timeout", time.ticks_ms() // 10)
    sleeper = asyncio.create_task(say(10000, "never"))
    await asyncio.sleep_ms(0)
    sleeper.cancel()
    try: await sleeper
    except asyncio.CancelledError: print("cancelled")
asyncio.run(main())
""") == ["10 10", "20 20", "30 30", "timeout 153", "cancelled"]


def test_threads_share_the_clock():
    p = play(
        """
        import _thread, time
        log = []
        lock = _thread.allocate_lock()
        def other():
            for _ in range(5):
                time.sleep_ms(10)
                log.append(time.ticks_ms())
        _thread.start_new_thread(other, ())
        time.sleep_ms(200)
        while len(log) < 5:
            time.sleep_ms(1)
        print(len(log), sorted(log) == log, log[-1] >= 50)
        """,
        opened=False,
    )
    assert p.lines == ["5 True True"]
    assert p.report["deterministic"] is False


def test_disable_irq_keeps_threads_apart():
    p = play(
        """
        import _thread, time
        from machine import disable_irq, enable_irq
        n = 0
        done = 0
        def work():
            global n, done
            for _ in range(2000):
                state = disable_irq()
                x = n
                for _ in range(5): pass
                n = x + 1
                enable_irq(state)
            done += 1
        _thread.start_new_thread(work, ())
        work()
        while done < 2:
            time.sleep_ms(1)
        print(n)
        """,
        opened=False,
        seconds=0,
    )
    assert p.lines == ["4000"]


@pytest.mark.parametrize("board", ["rpi_pico", "esp32_generic"])
def test_a_pico_has_one_core_more_and_an_esp32_as_many_threads_as_it_likes(board):
    p = play(
        """
        import _thread, time
        def other():
            time.sleep_ms(20)
        _thread.start_new_thread(other, ())
        try:
            _thread.start_new_thread(other, ())
            print("started")
        except OSError as error:
            print(error)
        time.sleep_ms(100)
        _thread.start_new_thread(other, ())
        """,
        board,
        opened=False,
    )
    assert p.code == 0, p.err
    assert p.lines == ["core1 in use" if board == "rpi_pico" else "started"]


def test_what_a_thread_raises_is_told_as_a_board_tells_it():
    p = play(
        """
        import _thread, time
        def other(what):
            raise what
        _thread.start_new_thread(other, (ValueError("no"),))
        time.sleep_ms(20)
        _thread.start_new_thread(other, (SystemExit,))
        time.sleep_ms(20)
        """,
        opened=False,
    )
    assert (p.code, p.err) == (0, "")
    assert p.lines[0].startswith("Unhandled exception in thread started by <function other at ")
    assert p.lines[1:2] + p.lines[3:] == [
        "Traceback (most recent call last):",
        "ValueError: no",
    ]
    assert p.lines[2].endswith('program.py", line 4, in other')


def test_bootsel_is_not_pressed():
    assert lines("import rp2; print(rp2.bootsel_button())") == ["0"]
