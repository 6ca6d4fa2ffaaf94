"""The report of a run, gathered when it ends."""

from virtual_board import board, engine, real, sink

_STATS = (
    "blocks",
    "underruns",
    "late_callbacks",
    "render_errors",
    "restarts",
    "load_mean",
    "load_max",
    "latency_frames",
    "fill_min",
)


def gather(meter):
    """A dict of plain values; what only aether knows is None without it."""
    out = {
        "clock": "virtual",
        "deterministic": engine.deterministic,
        "seconds": min(engine.now, engine.end_at) / 1e9,
        "backend": None,
        "rate": None,
        "high_water": None,
        "capacity": None,
        "callbacks": meter.callbacks,
        "callback_us_mean": meter.total_us / meter.callbacks if meter.callbacks else 0.0,
        "callback_us_max": meter.max_us,
        "allocated_bytes": None if real.HOSTED else meter.allocated,
        "lost_callbacks": engine.lost_callbacks,
        "frames_received": 0,
    }
    past = board.current.past
    out["true_underruns"], out["starved_frames"], out["frames_played"] = past
    for name in _STATS:
        out[name] = None
    for driver in board.current.i2s:
        out["rate"] = driver.rate
        out["frame_rate"] = driver.frame_rate
        out["true_underruns"] += driver.underruns
        out["starved_frames"] += driver.starved_frames
        out["frames_played"] += driver.frames_played
        if driver.source is not None:
            out["frames_received"] = driver.source.frames
            out["received_rate"] = driver.rate
    out["wavs"] = [
        {"rate": s.key[1], "bits": s.key[2], "channels": s.key[3], "frames": s.frames}
        for s in sink.all_sinks()
    ]
    out["wav_failed"] = any(s.failed for s in sink.all_sinks())
    _of_aether(out, meter)
    return out


def _of_aether(out, meter):
    kernels = real.sys.modules.get("aether.kernels")
    out["backend"] = getattr(kernels, "backend", None)
    stream = getattr(real.sys.modules.get("aether.stream"), "last", None)
    if stream is None:
        return
    try:
        for name, value in _stats(stream).items():
            out[name] = value
        period = meter.period_us()
        if period:
            # Code takes no virtual time: only the host's clock can tell.
            out["load_mean"] = out["callback_us_mean"] / period
            out["load_max"] = out["callback_us_max"] / period
            out["load_clock"] = "host"
        out["driver"] = "dma" if hasattr(stream.driver, "prepare") else "machine"
        out["high_water"] = stream.pool.high_water()
        out["capacity"] = stream.pool.capacity()
    except Exception as error:
        real.sys.print_exception(error, real.sys.stderr)


def _stats(stream):
    # Its calls to the board must let nothing happen any more.
    kept = engine.enter, engine.leave
    engine.enter = engine.leave = _nothing
    try:
        return stream._player.stats()  # whichever thread the end has come upon
    finally:
        engine.enter, engine.leave = kept


def _nothing(cost=0):
    pass
