"""A patch as text."""


def described(graph) -> str:
    """What print(graph) shows: nodes in the order in which they run, their cords and buffers."""
    schedule = graph._waiting or graph.schedule
    count = "not compiled"
    if schedule.items or schedule.count:
        count = "%d of %d buffers" % (schedule.count, graph.pool.capacity())
    lines = [
        "graph: %d nodes, %s, %s Hz, blocks of %d"
        % (len(graph.nodes), count, _short(graph.rate), graph.n)
    ]
    order = [node for node in schedule.nodes if node in graph.names]
    rest = [node for node in graph.nodes if node not in order]
    for node in order + rest:
        lines.append("  " + _line(graph, node, schedule, node in order or node is graph.input))
    lines.append(
        "  output  " + (", ".join([_signal(graph, each) for each in graph.heard]) or "none")
    )
    return "\n".join(lines)


def _line(graph, node, schedule, runs):
    name = graph.names[node]
    text = "%s  %s" % (name, node)
    for k, inlet in enumerate(node.INLETS):
        source = graph.cords.get((node, k))
        if source is not None:
            text += "  %s: %s" % (inlet, _signal(graph, source))
    buffers = [schedule.buffers.get((node, k)) for k in range(len(node.OUTLETS))]
    places = [str(k) for k in buffers if k is not None]
    if places:
        text += "  -> buffer " + ", ".join(places)
    return text if runs else text + "  (not heard)"


def _signal(graph, signal):
    node, outlet = signal
    name = graph.names[node]
    return name if len(node.OUTLETS) == 1 else "%s.%s" % (name, node.OUTLETS[outlet])


def _short(rate):
    return "%d" % rate if rate == int(rate) else "%.3f" % rate
