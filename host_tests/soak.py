"""Streams under random faults for a long time: `python host_tests/soak.py [SECONDS]`.

In virtual time, on virtual boards, out, in and both ways, over each driver. At the end heap and
pool are as they were, and the counters add up to the frames that left the pins or came in.
"""

import ast
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from aether_tools import boards, session
from duplex_kit import PERIOD, recording
from soak_program import PROGRAM
from virtual_run import read_wav


@dataclass(frozen=True)
class Kind:
    """What is soaked. way: "out", "in" or "duplex"."""

    way: str
    driver: str
    board: str
    rate: int = 44100

    def __str__(self) -> str:
        return f"{self.way}-{self.driver}-{self.board}"


STREAMS = [
    Kind("out", "machine", "rpi_pico"),
    Kind("out", "dma", "rpi_pico"),
    Kind("out", "machine", "esp32_generic"),
    # machine.I2S of an RP2 takes in no more, and both ways at once still less; DMA is slow here.
    Kind("in", "machine", "rpi_pico", 32000),
    Kind("in", "dma", "rpi_pico", 16000),
    Kind("in", "machine", "esp32_generic"),
    Kind("duplex", "machine", "rpi_pico", 22000),
    Kind("duplex", "dma", "rpi_pico", 11025),
    # Here the rings of both buses lie on the heap, for which a plain ESP32's is too small.
    Kind("duplex", "machine", "esp32_s3"),
]
_HOUR = 3600
_BLOCK = 64
_POOL = 12
# Between two faults, on the average.
_FAULT_MS = 250
# Frames by which a latency may be another than what is said: on an RP2 an interrupt may be late
# when the clock of two machine.I2S is set by it.
_NEAR = {("dma", "rpi_pico"): 0, ("machine", "esp32_s3"): 2.5, ("machine", "rpi_pico"): 5}

# What every soak must have brought about.
_COUNTED = {
    "out": ("late_callbacks", "render_errors", "underruns"),
    "in": ("late_callbacks", "receive_errors", "overruns", "starved"),
    "duplex": ("late_callbacks", "render_errors", "underruns", "overruns"),
}


def _alike(estimated: int, true: int) -> bool:
    """Whether gaps are as many as a stream has found by the clock, which is off at the edges."""
    return abs(estimated - true) <= 1 + estimated // 4


@dataclass
class Soaked:
    """What a run came to. `final`: of its last session, faults and then none; `sound`: what that
    one played, frames x channels, or None; `report` is the virtual board's.
    """

    kind: Kind
    final: dict
    sessions: int
    faults: int
    heap_before: int
    heap_after: int
    available: int
    totals: dict
    report: dict
    sound: np.ndarray | None

    def check(self) -> None:
        """AssertionError where anything is lost."""
        totals = self.totals
        assert self.heap_after == self.heap_before
        assert self.available == _POOL == totals["high_water"]
        # It has gone on to the end.
        assert self.final["stats"]["blocks"] > self.final["settled"]["blocks"]
        # All kinds of faults have been there, and were counted.
        assert all(totals[name] > 0 for name in _COUNTED[self.kind.way]), totals
        if self.kind.driver == "machine":
            assert 0 < totals["restarts"] <= self.report["lost_callbacks"]
        {"out": self._check_out, "in": self._check_in, "duplex": self._check_duplex}[
            self.kind.way
        ]()
        assert 0 <= self.unaccounted() <= self._ends()

    def _check_out(self) -> None:
        if self.kind.driver == "machine":
            assert _alike(self.totals["underruns"], self.report["true_underruns"])

    def _check_in(self) -> None:
        totals, stats = self.totals, self.final["stats"]
        assert totals["calls"] == totals["blocks"]
        if self.kind.driver == "machine":
            assert _alike(totals["overruns"], totals["jumps"])
            assert totals["torn"] <= totals["jumps"]
        else:
            assert totals["torn"] == 0
            assert self.final["lost"] == _BLOCK * (stats["overruns"] + stats["starved"])

    def _check_duplex(self) -> None:
        totals, stats = self.totals, self.final["stats"]
        assert totals["calls"] == totals["blocks"] - totals["lacking"]
        for name in ("underruns", "overruns", "slips"):
            assert stats[name] == self.final["settled"][name]
        # What comes in goes out as much later as is said, after all that.
        off = abs(self._latencies() - stats["latency_frames"]).max()
        assert off <= _NEAR[self.kind.driver, self.kind.board]
        # Both buses are open for the same time.
        apart = abs(self.report["frames_played"] - self.report["frames_received"])
        if self.kind.driver == "machine":
            assert totals["torn"] <= totals["jumps"] <= totals["overruns"] + totals["slips"]
            assert apart <= 512 * self.sessions
        else:
            assert totals["torn"] == totals["slips"] == 0
            assert apart <= 8 * self.sessions
            assert self.final["lost"] == _BLOCK * (stats["overruns"] + self.final["lacking"])
            # What was rendered too late to be heard had come in in time.
            assert 0 <= totals["underruns"] - totals["overruns"] <= self.faults

    def _latencies(self) -> np.ndarray:
        """Frames from input to output at the end of the sound, for a quarter of a second."""
        heard = self.sound[:, 0].astype(np.int64)
        # What an RP2's machine.I2S sends first is not in the WAV.
        cut = self.kind.driver == "machine" and self.kind.board == "rpi_pico"
        at = np.arange(cut, len(heard) + cut)
        last = np.flatnonzero(heard)[-1] - _BLOCK
        end = slice(last - self.kind.rate // 4, last)
        assert heard[end].all()
        late = (at[end] - heard[end] + self.final["first"] + 1) % PERIOD
        if self.kind.driver == "dma":
            return late
        # The two buses' dividers differ.
        out, coming = (period / 256 / (1 << 12) for period in self.final["periods"])
        return (at[end] * out - (at[end] - late) * coming - self.final["apart"]) / out

    def _ends(self) -> int:
        """Frames at the ends of a session that are in no counter, at most."""
        latency = self.final["stats"]["latency_frames"]
        return latency if self.kind.way == "out" else latency + 1024

    def unaccounted(self) -> float:
        """Frames that left the pins, or came in, and are in no counter, for each session.

        Silence before the first block and behind the last, and what came in when all was over.
        """
        totals = self.totals
        if self.kind.way != "out":
            counted = _BLOCK * totals["calls"] + totals["lost"]
            return (self.report["frames_received"] - counted) / self.sessions
        counted = _BLOCK * totals["blocks"]
        if self.kind.driver == "dma":
            counted += _BLOCK * totals["underruns"]
        else:
            counted += self.report["starved_frames"]
        return (self.report["frames_played"] - counted) / self.sessions


def soak(kind: Kind, seconds: int, seed: int = 1) -> Soaked:
    """Runs for so many virtual seconds; AssertionError, with what it said, if that fails."""
    board = boards.load(kind.board)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program, wav_in, wav = folder / "soak.py", folder / "in.wav", folder / "out.wav"
        values = dict(kind.__dict__, seconds=seconds, seed=seed)
        program.write_text(PROGRAM.format(**values, period=PERIOD, fault_ms=_FAULT_MS))
        wav_in.write_bytes(recording(kind.rate, PERIOD))
        with (folder / "out").open("w+") as out:
            result = session.run(
                board,
                program=program,
                files={"/board.py": board.path},
                seconds=seconds + 40,
                wav=wav if kind.way == "duplex" else None,
                wav_in=wav_in if kind.way != "out" else None,
                stdout=out,
                stderr=out,
            )
            out.seek(0)
            text = out.read()
        assert result.exit_code == 0, text[-2000:]
        final, counted = map(ast.literal_eval, text.strip().splitlines()[-2:])
        sound = read_wav(wav)[1][final["at"] : final["to"]].copy() if result.wavs else None
    return Soaked(kind, final, *counted, report=result.report, sound=sound)


def _story(kind: Kind, seconds: int) -> str:
    done = soak(kind, seconds)
    try:
        done.check()
    except AssertionError as error:
        raise AssertionError(f"{kind}: {done.totals}, {done.final}") from error
    names = ("blocks", "underruns", "overruns", "restarts", "slips")
    counts = ", ".join(f"{done.totals[n]:,} {n}" for n in names if n in done.totals)
    return (
        f"{kind}: {seconds} s, {done.faults} faults, {done.sessions} sessions, {counts}, "
        f"{done.unaccounted():.0f} frames at the ends of a session; heap, pool and counters are "
        "whole"
    )


if __name__ == "__main__":
    length = int(sys.argv[1]) if len(sys.argv) > 1 else _HOUR
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        for story in workers.map(_story, STREAMS, [length] * len(STREAMS)):
            print(story, flush=True)
