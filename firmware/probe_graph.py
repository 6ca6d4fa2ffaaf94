"""Says what the graph compiled last is made of, and what its nodes cost, on the board it runs on.

`aether graph` sends it; report() gives a dict of plain values. Nothing may play meanwhile: it
renders blocks itself.
"""

import gc
import time

import aether.graph

try:
    from aether.graph_viper import run
except (ImportError, SyntaxError, ValueError):
    from aether.graph_portable import run

try:
    from host_clock import ticks_us  # the virtual board's: code takes none of its own time
except ImportError:
    from time import ticks_us

_BATCH = 16
_BATCHES = 8


def _best(items, book):
    best = 1 << 29
    for _ in range(_BATCHES):
        start = ticks_us()
        for _ in range(_BATCH):
            run(items, book)
        best = min(best, time.ticks_diff(ticks_us(), start))
    return best / _BATCH


def report():
    """Nodes in their order, cords, buffers, and microseconds a block; None without a graph."""
    graph = aether.graph.last
    if graph is None:
        return None
    schedule = graph._waiting or graph.schedule
    lines, book = schedule.line[:2]
    gc.collect()
    empty = _best((), book)
    costs = {}
    for item, line in zip(schedule.items, lines):  # noqa: B905, MicroPython has no strict
        # What a batch makes silent was so before; a sum starts anew at each.
        cost = max(0, _best((line,), book) - empty)
        costs[item.node] = costs.get(item.node, 0) + cost
    order = [node for node in schedule.nodes if node in graph.nodes]
    order += [node for node in graph.nodes if node not in order]
    numbers = {node: k for k, node in enumerate(order)}
    nodes = []
    for node in order:
        buffers = [schedule.buffers.get((node, k), -1) for k in range(len(node.OUTLETS))]
        nodes.append(
            {
                "name": graph.names[node],
                "text": str(node),
                "inlets": list(node.INLETS),
                "outlets": list(node.OUTLETS),
                "buffers": buffers,
                "us": costs.get(node),
                "heard": node in schedule.nodes or node is graph.input,
            }
        )
    cords = [
        [numbers[source], outlet, numbers[target], inlet]
        for (target, inlet), (source, outlet) in graph.cords.items()
    ]
    cords.sort()
    return {
        "nodes": nodes,
        "cords": cords,
        "output": [[numbers[node], outlet] for node, outlet in graph.heard],
        "buffers": schedule.count,
        "capacity": graph.pool.capacity(),
        "rate": graph.rate,
        "frames": graph.n,
        "us": sum(costs.values()),
    }
