"""Which outlets and inlets a cord joins, of what a program says of it."""

_STEREO = ("left", "right")


def fresh_name(kind: str, names) -> str:
    """A name for a node of a class, that none of `names` is: `saw`, then `saw 2`."""
    kind = kind[0].lower() + kind[1:]
    name, k = kind, 1
    while name in names:
        k += 1
        name = "%s %d" % (kind, k)
    return name


def laid(source, target, outlet, inlet, cords, name):
    """Pairs ((target, inlet), (source, outlet)), by number from 0, for the cords to be laid.

    cords: those there are. ValueError as Graph.connect() says.
    """
    outs = _outlets(source, outlet, name)
    ins = _inlets(target, inlet, cords, name)
    if len(outs) == 1:
        outs = outs * len(ins)
    elif len(ins) == 1 or len(outs) != len(ins):
        raise ValueError(
            "%s has the outlets %s: say which goes to %s, or pan and mix them"
            % (name(source), ", ".join(source.OUTLETS), name(target))
        )
    pairs = []
    for i, o in zip(ins, outs):  # noqa: B905, MicroPython has no strict
        if (target, i) in cords:
            other, k = cords[(target, i)]
            twice = (other, k) == (source, o)
            raise ValueError(
                "inlet '%s' of %s has %s%s: a Mixer takes several"
                % (
                    target.INLETS[i],
                    name(target),
                    "this cord already" if twice else "a cord already, from ",
                    "" if twice else name(other),
                )
            )
        pairs.append(((target, i), (source, o)))
    return pairs


def between(source, target, outlet, inlet, cords, name):
    """The keys of the cords from a node to another, of all outlets and inlets or of one."""
    outs = range(len(source.OUTLETS)) if outlet is None else _outlets(source, outlet, name)
    ins = range(len(target.INLETS))
    if inlet is not None:
        ins = _inlets(target, inlet, cords, name)
    return [(target, i) for i in ins if cords.get((target, i)) in [(source, o) for o in outs]]


def heard(left, right, channels):
    """The signals of an output, one a channel."""
    signals = _signals(left)
    if right is not None:
        signals = signals[:1] + _signals(right)[:1]
    if len(signals) == 1:
        signals = signals * channels
    if len(signals) != channels:
        raise ValueError("the graph has %d channel, not %d" % (channels, len(signals)))
    return signals


def _signals(what):
    node, outlet = what if isinstance(what, tuple) and len(what) == 2 else (what, None)
    outlets = getattr(node, "OUTLETS", None)
    if outlets is None:
        raise TypeError("an output is a node or (node, outlet), not %s" % type(what).__name__)
    return [(node, k) for k in _outlets(node, outlet, str)]


def _outlets(node, outlet, name):
    if not node.OUTLETS:
        raise ValueError("%s has no outlet" % name(node))
    if outlet is not None:
        return [_number("outlet", node.OUTLETS, outlet, name(node))]
    if len(node.OUTLETS) == 1 or tuple(node.OUTLETS) == _STEREO:
        return list(range(len(node.OUTLETS)))
    raise ValueError("%s has the outlets %s: say which" % (name(node), ", ".join(node.OUTLETS)))


def _inlets(node, inlet, cords, name):
    inlets = tuple(node.INLETS)
    if not inlets:
        raise ValueError("%s has no inlet" % name(node))
    if inlet is not None:
        pair = [str(inlet) + " left", str(inlet) + " right"]
        if pair[0] in inlets:
            return [inlets.index(each) for each in pair]
        return [_number("inlet", inlets, inlet, name(node))]
    free = [k for k in range(len(inlets)) if (node, k) not in cords]
    if inlets[:2] == _STEREO:
        return [0, 1]
    # Of a stereo mixer the next free pair, of others the next free inlet that wants a cord.
    for k in free:
        if inlets[k].endswith(" left") and k + 1 in free:
            return [k, k + 1]
    wanted = [k for k in free if inlets[k] not in node.OPTIONAL] or free
    if not wanted:
        return [0]  # laid() says what is there
    return wanted[:1]


def _number(what, names, wanted, name):
    # Names go before numbers, which count from 1.
    if str(wanted) in names:
        return names.index(str(wanted))
    if type(wanted) is int and 1 <= wanted <= len(names):
        return wanted - 1
    raise ValueError("%s has no %s '%s': %s" % (name, what, wanted, ", ".join(names) or "none"))
