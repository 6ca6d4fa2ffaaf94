"""What a run on the emulated Pico left: its figures, its WAV files, and the summary."""

import wave
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from aether_tools import session
from aether_tools.emulated_pico import Crashed, EmulatedPico, Segment, WasReset
from aether_tools.errors import UserError

# Rates that programs ask for; what the clock divider makes of them is off by up to 0.1 %.
_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 176400)
_OFF = 0.002
# Frames of silence that an underrun has at least: half of rp2's DMA buffer, of 32-bit stereo.
_SILENCE = 16
# Share of full scale from which sound does not fade to silence but is cut off: -54 dB.
_JUMP = 1 / 512
_CHUNK = 1 << 20
# Asked at the raw prompt while the stream stands still, and once more while it plays on.
_STATS = """
def _stats():
    import sys
    s = getattr(sys.modules.get('aether.stream'), 'last', None)
    r = {'backend': getattr(sys.modules.get('aether.kernels'), 'backend', None)}
    if s is not None:
        r.update(s.stats())
        r['rate'] = s.driver.rate
        r['high_water'] = s.pool.high_water()
        r['capacity'] = s.pool.capacity()
    return r
"""
_HEAP = """
def _heap():
    import gc, sys, time
    s = getattr(sys.modules.get('aether.stream'), 'last', None)
    if s is None or not s.playing():
        return {}
    gc.collect()
    gc.disable()
    a, b = s.blocks, gc.mem_alloc()
    time.sleep_ms(200)
    c = gc.mem_alloc()
    gc.enable()
    return {'allocated_bytes': c - b, 'allocated_blocks': s.blocks - a}
"""
_KEYS = ("backend", "rate", "high_water", "capacity", "allocated_bytes", "blocks", "underruns")
_KEYS += ("late_callbacks", "render_errors", "restarts", "load_mean", "load_max", "latency_frames")


def ask(pico: EmulatedPico) -> dict:
    """The stream's counters, and the bytes its callbacks leave; {} where the board cannot tell."""
    try:
        pico.hold()
        if not pico.interrupt():
            return {}
        stats = pico.ask("_stats()", _STATS)
        pico.resume()
        return (stats or {}) | (pico.ask("_heap()", _HEAP) or {} if stats else {})
    except (Crashed, WasReset, UserError):
        return {}


def make(setting, args, ran) -> dict:
    """Plain values by name, without `wavs`."""
    cycles = ran.after.cycles - ran.before.cycles
    idle = ran.after.idle - ran.before.idle
    last = ran.segments[-1] if ran.segments else None
    rate = ran.said.get("rate") or (nominal(last.rate) if last else None)
    return (
        dict.fromkeys(_KEYS)
        | ran.said
        | {
            "board": setting.board.NAME,
            "app": Path(args.app).stem if args.app else None,
            "firmware": setting.images.version,
            "flash": "cache model" if args.xip else "zero-wait",
            "clock": "cycles",
            "deterministic": True,
            "seconds": ran.after.seconds - ran.before.seconds,
            "cycles": cycles,
            "idle_cycles": idle,
            "busy": 1 - idle / cycles if cycles else 0.0,
            "instructions": ran.after.instructions - ran.before.instructions,
            "interrupts": ran.after.interrupts - ran.before.interrupts,
            "rate": rate,
            "frame_rate": last.rate if last else None,
            "bits": last.bits if last else None,
            "channels": 2 if last else None,
            "frames_played": sum(segment.frames for segment in ran.segments),
            "odd_words": sum(segment.odd_words for segment in ran.segments),
            "gaps": sum(gaps(segment) for segment in ran.segments),
            "pins": [setting.board.SCK, setting.board.WS, setting.board.SD],
            "sounds": [
                {"rate": s.rate, "bits": s.bits, "frames": s.frames, "odd_words": s.odd_words}
                for s in ran.segments
            ],
            "wavs": [],
        }
    )


def nominal(rate: float) -> int:
    """The rate that was asked for, by the one measured; the commonest for a lone frame, with 0."""
    if not rate:
        return 44100
    near = min(_RATES, key=lambda r: abs(r / rate - 1))
    return near if abs(near / rate - 1) < _OFF else round(rate)


def gaps(segment: Segment) -> int:
    """How often the sound is cut off: zeros for 16 frames or more, with a jump at either end.

    What an underrun leaves at the pins. A program that goes silent at once has them too.
    """
    frames = _frames(segment)
    jump = _JUMP * 2 ** (segment.bits - 1)
    count, last, level = 0, None, 0
    for start in range(0, len(frames), _CHUNK):
        loud = np.abs(frames[start : start + _CHUNK].astype(np.int64)).max(axis=1)
        at = np.flatnonzero(loud)
        if not len(at):
            continue
        places, levels = at + start, loud[at]
        if last is not None:
            places, levels = np.append(last, places), np.append(level, levels)
        pauses = np.flatnonzero(np.diff(places) > _SILENCE)
        count += int(np.count_nonzero(np.maximum(levels[pauses], levels[pauses + 1]) > jump))
        last, level = places[-1], levels[-1]
    return count


def _frames(segment: Segment) -> np.ndarray:
    if not segment.frames:
        return np.zeros((0, 2), np.int16)
    kind = f"<i{segment.bits // 8}"
    return np.memmap(segment.file, kind, "r", shape=(segment.frames, 2))


def write_wavs(segments: list[Segment], folder: Path, target: Path) -> list[tuple[Path, Path]]:
    """Each segment becomes a WAV in `folder`, with where it belongs: OUT, OUT.2.wav and so on.

    `folder` is a scratch folder beside `target`. UserError where the disk does not take them.
    """
    parts = []
    for number, segment in enumerate((s for s in segments if s.frames), 1):
        part = folder / f"{number}.wav"
        out = session.numbered(target, number)
        try:
            _write_wav(part, segment)
        except OSError as error:
            raise UserError(f"cannot write {out}: {error.strerror}") from None
        parts.append((part, out))
    return parts


def _write_wav(part: Path, segment: Segment) -> None:
    with wave.open(str(part), "wb") as out, segment.file.open("rb") as frames:
        out.setnchannels(2)
        out.setsampwidth(segment.bits // 8)
        out.setframerate(nominal(segment.rate))
        out.setnframes(segment.frames)
        while chunk := frames.read(_CHUNK):
            out.writeframesraw(chunk)


def show(report: dict, console: Console) -> None:
    """The summary."""
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for row in _rows(report):
        table.add_row(*row)
    console.print(table, highlight=False)


def _rows(report: dict) -> list[tuple[str, str]]:
    on = f"{report['board']}, MicroPython {report['firmware']}, {report['flash']} flash"
    rows = [
        ("on", f"{on}, {report['backend']} kernels" if report["backend"] else on),
        (
            "time",
            f"{report['seconds']:.3f} s emulated, {report['cycles']:,} cycles, "
            f"{report['busy']:.0%} awake",
        ),
        ("sound", _sound(report)),
    ]
    if report["blocks"] is not None:
        rows.append(("underruns", f"{report['underruns']:,} as the stream counts them"))
        rows.append(
            (
                "load",
                f"{report['load_mean']:.1%}, at most {report['load_max']:.1%} of the time; "
                f"{report['late_callbacks']:,} late callbacks",
            )
        )
    if report["allocated_bytes"] is not None:
        blocks = report["allocated_blocks"]
        rows.append(("allocated", f"{report['allocated_bytes']:,} bytes in {blocks:,} blocks"))
    if report["capacity"] is not None:
        rows.append(("pool", f"{report['high_water']} of {report['capacity']} buffers used"))
    return rows


def _sound(report: dict) -> str:
    if not report["frames_played"]:
        return "none at the pins {}, {}, {} of the board file".format(*report["pins"])
    if len(report["sounds"]) > 1:
        return "\n".join(_segment(sound) for sound in report["sounds"])
    odd = f", {report['odd_words']:,} words of a wrong length" if report["odd_words"] else ""
    gaps = "1 gap" if report["gaps"] == 1 else f"{report['gaps'] or 'no'} gaps"
    return (
        f"{report['frames_played']:,} frames at the pins, {report['frame_rate']:,.2f} Hz, "
        f"{report['bits']} bits, {gaps}{odd}"
    )


def _segment(sound: dict) -> str:
    return f"{sound['frames']:,} frames, {sound['rate']:,.2f} Hz, {sound['bits']} bits"
