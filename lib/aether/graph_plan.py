"""In which order the nodes of a patch run, and in how few buffers.

A signal is what an outlet puts out, (node, outlet). An item of the plan is one step of a block: a
node's calls, one inlet of a sum, or a half of a delay that lies in a loop.
"""

from aether.nodes.fader import Sum

# What an item does.
WHOLE = "calls"
ADDED = "added"
DELAYED = "delayed"
TAKEN = "taken"


class Item:
    """A step: `ins` and `outs` are signals, None for an inlet without a cord.

    part: WHOLE, DELAYED, TAKEN, or ADDED, which has its `fader`.
    """

    def __init__(self, node, part, ins, outs, fader=None):
        self.node = node
        self.part = part
        self.ins = ins
        self.outs = outs
        self.fader = fader
        self.first = self.last = False

    def in_place(self):
        """Whether the first output may be written over the first input."""
        return self.node.IN_PLACE and self.part in (WHOLE, ADDED)


def ordered(cords, roots, name):
    """Items such that every one comes behind those whose outputs it reads.

    cords: {(node, inlet): (node, outlet)}; roots: nodes that must run; name(node) for messages.
    ValueError for a loop without a delay, and for an inlet without a cord. Loops are cut at their
    delays. It goes through the patch without recursion: a board has little stack for that.
    """
    cut = []
    while True:
        items, loop = _walk(cords, roots, cut, name)
        if loop is None:
            return items
        delays = [node for node in loop if node.DELAYS]
        if not delays:
            names = " -> ".join([name(node) for node in loop + loop[:1]])
            raise ValueError("a loop without a delay: %s" % names)
        cut.append(delays[0])


def _walk(cords, roots, cut, name):
    # Depth first: what a node needs comes right before it, and a sum takes it in at once.
    items, done, pending = [], set(), [(root, False) for root in roots]
    while pending:
        root, taking = pending.pop(0)
        path = [[root, 0]] if taking or root not in done else []
        while path:
            step = path[-1]
            node, k = step
            if node in cut and not (taking and node is root):
                # Its inputs are wanted later, by its other half.
                items.append(Item(node, DELAYED, [], _signals(node)))
                pending.append((node, True))
                done.add(path.pop()[0])
                continue
            if k and isinstance(node, Sum):
                items.extend(_added(node, k - 1, cords))
            if k < len(node.INLETS):
                step[1] += 1
                source = cords.get((node, k), (None,))[0]
                if source is None or source in done:
                    continue
                above = [other for other, _ in path]
                if source in above:
                    loop = above[above.index(source) :]
                    loop.reverse()  # as the sound goes
                    return None, loop
                path.append([source, 0])
                continue
            if not isinstance(node, Sum):
                taken = node in cut
                outs = [] if taken else _signals(node)
                part = TAKEN if taken else WHOLE
                items.append(Item(node, part, _inputs(node, cords, name), outs))
            done.add(path.pop()[0])
    return items, None


def _added(node, inlet, cords):
    source = cords.get((node, inlet))
    if source is None:
        return []
    return [
        Item(node, ADDED, [source], [(node, fader.outlet)], fader)
        for fader in node.faders
        if fader.inlet == inlet
    ]


def _signals(node):
    return [(node, k) for k in range(len(node.OUTLETS))]


def _inputs(node, cords, name):
    ins = [cords.get((node, k)) for k in range(len(node.INLETS))]
    for inlet, signal in zip(node.INLETS, ins):  # noqa: B905, MicroPython has no strict
        if signal is None and inlet not in node.OPTIONAL:
            raise ValueError("inlet '%s' of %s has no cord" % (inlet, name(node)))
    return ins


def shared_out(items, heard, pinned):
    """Give every signal a buffer: ({signal: number}, how many buffers).

    heard: signals that are put out; pinned: those that come in, with a buffer each that nobody
    else gets. A buffer is free again behind the last item that reads it, so that a chain of any
    length takes two; an item that may work in place and is the last to read its input does.
    """
    last = _last_uses(items, heard + pinned)
    buffers = {signal: k for k, signal in enumerate(pinned)}
    free, count = [], len(pinned)
    for i, item in enumerate(items):
        for k, signal in enumerate(item.outs):
            if signal in buffers:
                continue  # a sum, which takes in one more
            over = item.ins[0] if item.ins and item.in_place() and k == 0 else None
            if over in buffers and last.get(over) == i and item.ins.count(over) == 1:
                buffers[signal] = buffers[over]
                last[over] = -1  # its buffer lives on
            elif free:
                buffers[signal] = free.pop()
            else:
                buffers[signal] = count
                count += 1
        for signal in set(item.ins + item.outs):
            if last.get(signal) == i and signal in buffers:
                free.append(buffers[signal])
    return buffers, count


def _last_uses(items, kept):
    # The number of the item behind which a signal is not needed; also marks the ends of sums.
    last, sums = {}, {}
    for i, item in enumerate(items):
        for signal in item.ins + item.outs:
            last[signal] = i
        if item.part == ADDED:
            item.first = item.outs[0] not in sums
            sums[item.outs[0]] = item
    for item in sums.values():
        item.last = True
    for signal in kept:
        last[signal] = len(items)
    return last
