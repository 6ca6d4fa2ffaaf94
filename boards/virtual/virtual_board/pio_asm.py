"""rp2.asm_pio without an assembler: it takes down what a program says, to know it again.

The programs that are known are those of aether.drivers.rp2_programs.
"""

from virtual_board import costs, engine

SHIFT_LEFT, SHIFT_RIGHT = 0, 1
JOIN_NONE, JOIN_TX, JOIN_RX = 0, 1, 2

TRANSMITTER, RECEIVER, FOLLOWER = "transmitter", "receiver", "follower"

_DIRECTIVES = ["label", "wrap_target", "wrap"]
_INSTRUCTIONS = "word nop jmp wait in_ out push pull mov irq set".split()
_NAMES = (
    "gpio pins x y null pindirs pc status isr osr exec invert reverse not_x x_dec not_y y_dec "
    "x_not_y pin not_osre noblock block iffull ifempty clear rel"
).split()


class PIOASMError(Exception):
    """What the real assembler raises; this one finds no faults."""


class Program:
    """What asm_pio makes of a function. kind is None for a program that is not known.

    length: instructions; bits: of a sample, 0 for those that the clocks tell; channels: that come
    in; words: bits that are taken from the FIFO at once.
    """

    def __init__(self, code, length, options):
        self.length = length
        self.kind = None
        self.bits = self.channels = self.words = 0
        # Side-set bits of the clocks it makes; the pins (sck, ws) of those that it follows.
        self.sck = self.ws = 0
        self.pins = None
        # Where it lies in each PIO's memory, -1 for nowhere.
        self.offsets = [-1, -1, -1]
        _recognise(self, code, options)


class _Name:
    # A word of the assembler's language, also one that is called or joined with another.

    def __init__(self, name):
        self._name = name

    def __str__(self):
        return self._name

    def __call__(self, *_):
        return self

    def __or__(self, _):
        return self


class _Line:
    # An instruction that has been written last, for what may follow it.

    def __init__(self, code):
        self._code = code

    def side(self, value):
        self._code[-1] = "%s side %s" % (self._code[-1], value)
        return self

    def delay(self, value):
        self._code[-1] = "%s delay %s" % (self._code[-1], value)
        return self

    def __getitem__(self, value):
        return self.delay(value)


class _Writer:
    # What puts an instruction or a directive down.

    def __init__(self, name, code):
        self._name = name
        self._code = code
        self._line = _Line(code)

    def __call__(self, *args):
        self._code.append(" ".join([self._name] + [str(each) for each in args]))
        return self._line


def asm_pio(**options):
    """The decorator; like the real one it empties the function's globals while it runs it."""
    for name in options:
        if name not in _OPTIONS:
            raise TypeError("unexpected keyword argument '%s'" % name)

    def assemble(function):
        code = []
        scope = function.__globals__
        kept = dict(scope)
        scope.clear()
        try:
            for name in _NAMES:
                scope[name] = _Name(name)
            for name in _INSTRUCTIONS + _DIRECTIVES:
                scope[name] = _Writer(name, code)
            function()
        finally:
            scope.clear()
            scope.update(kept)
        engine.call(costs.PIO_LINE * len(code))
        length = sum(1 for line in code if line.split()[0] not in _DIRECTIVES)
        return Program(code, length, options)

    return assemble


_OPTIONS = (
    "out_init set_init sideset_init side_pindir in_shiftdir out_shiftdir autopush autopull "
    "push_thresh pull_thresh fifo_join"
).split()


def _recognise(program, code, options):
    # Which program it is: the one that its numbers would give.
    words = code[0].split() if code else []
    try:
        if words[:2] == ["set", "x"]:
            _with_clocks(program, code, int(words[2]), options)
        elif words[:1] == ["wait"]:
            _with_pins(program, code, int(words[3]), int(code[2].split()[3]), options)
    except (IndexError, ValueError):
        pass  # one of other instructions


def _with_clocks(program, code, rest, options):
    for sck, ws in ((1, 2), (2, 1)):
        if code == _transmitter(rest, sck, ws):
            bits, words = rest + 2, options.get("pull_thresh", 32)
            if words in (bits, 32) and _shifts(options, "out", "autopull", JOIN_TX):
                _know(program, TRANSMITTER, bits, 2)
                program.words = words
        for channels in (1, 2):
            if code == _receiver(rest, channels, sck, ws):
                bits = rest + 3
                full = options.get("push_thresh", 32) == bits
                if full and _shifts(options, "in", "autopush", JOIN_RX):
                    _know(program, RECEIVER, bits, channels)
        if program.kind is not None:
            program.sck, program.ws = sck, ws
            return


def _with_pins(program, code, ws_pin, sck_pin, options):
    for channels in (1, 2):
        if code == _follower(channels, sck_pin, ws_pin) and _shifts(options, "in", None, JOIN_RX):
            if not options.get("autopush", False):
                program.kind = FOLLOWER
                program.channels = channels
                program.pins = (sck_pin, ws_pin)


def _shifts(options, way, auto, join):
    # Whether samples go to the left, by themselves or not, through a queue of eight.
    if auto is not None and not options.get(auto, False):
        return False
    shift = options.get(way + "_shiftdir", SHIFT_LEFT)
    return shift == SHIFT_LEFT and options.get("fifo_join", JOIN_NONE) == join


def _know(program, kind, bits, channels):
    if bits in (16, 32):
        program.kind = kind
        program.bits = bits
        program.channels = channels


def _transmitter(rest, sck, ws):
    both = sck | ws
    return [
        "set x %d side %d" % (rest, both),
        "nop side 0",
        "nop side %d" % sck,
        "wrap_target",
        "label left",
        "out pins 1 side 0",
        "jmp x_dec left side %d" % sck,
        "out pins 1 side %d" % ws,
        "set x %d side %d" % (rest, both),
        "label right",
        "out pins 1 side %d" % ws,
        "jmp x_dec right side %d" % both,
        "out pins 1 side 0",
        "set x %d side %d" % (rest, sck),
        "wrap",
    ]


def _receiver(rest, channels, sck, ws):
    both = sck | ws
    right = "in_ pins 1" if channels == 2 else "nop"
    return [
        "set x %d side %d" % (rest, both),
        "nop side 0",
        "nop side %d" % sck,
        "wrap_target",
        "nop side 0",
        "label left",
        "in_ pins 1 side %d" % sck,
        "jmp x_dec left side 0",
        "in_ pins 1 side %d" % sck,
        "set x %d side %d" % (rest, ws),
        "in_ pins 1 side %d" % both,
        "nop side %d" % ws,
        "label right",
        "%s side %d" % (right, both),
        "jmp x_dec right side %d" % ws,
        "%s side %d" % (right, both),
        "set x %d side 0" % rest,
        "%s side %d" % (right, sck),
        "wrap",
    ]


def _follower(channels, sck_pin, ws_pin):
    low, high = "wait 0 gpio %d" % sck_pin, "wait 1 gpio %d" % sck_pin
    take = ["in_ pins 1"] if channels == 2 else []
    push = ["push block"] if channels == 2 else []
    code = ["wait 1 gpio %d" % ws_pin, "wait 0 gpio %d" % ws_pin, low, high]
    code += ["wrap_target", "label left", low, high, "in_ pins 1"]
    code += ["jmp pin left ends", "jmp left", "label left ends", "push block"]
    code += ["label right", low, high] + take + ["jmp pin right"] + push + ["wrap"]
    return code
