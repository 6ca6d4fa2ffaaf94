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

    length: instructions; bits: of a sample; words: bits that come from or go to the FIFO at once.
    """

    def __init__(self, code, length, options):
        self.length = length
        self.kind = None
        self.bits = self.words = 0
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
    first = code[0].split() if code else []
    if first[:2] == ["set", "x"]:
        for kind, known, rest in ((TRANSMITTER, _transmitter, 2), (RECEIVER, _receiver, 3)):
            for sck, ws in ((1, 2), (2, 1)):
                if code == known(int(first[2]), sck, ws):
                    _know(program, kind, int(first[2]) + rest, options)
                    program.sck, program.ws = sck, ws
    elif first[:1] == ["wait"] and len(code) > 2:
        if code == _follower(first[3], code[2].split()[3]):
            _know(program, FOLLOWER, options.get("push_thresh", 32), options)
            program.pins = (int(code[2].split()[3]), int(first[3]))


def _know(program, kind, bits, options):
    sends = kind == TRANSMITTER
    words = options.get("pull_thresh" if sends else "push_thresh", 32)
    join = JOIN_TX if sends else JOIN_RX
    shift = options.get("out_shiftdir" if sends else "in_shiftdir", SHIFT_LEFT)
    auto = options.get("autopull" if sends else "autopush", False)
    fits = bits in (16, 32) and words in ((bits, 32) if sends else (bits,))
    if auto and shift == SHIFT_LEFT and options.get("fifo_join", JOIN_NONE) == join and fits:
        program.kind = kind
        program.bits = bits
        program.words = words


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


def _receiver(rest, sck, ws):
    both = sck | ws
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
        "in_ pins 1 side %d" % both,
        "jmp x_dec right side %d" % ws,
        "in_ pins 1 side %d" % both,
        "set x %d side 0" % rest,
        "in_ pins 1 side %d" % sck,
        "wrap",
    ]


def _follower(ws_pin, sck_pin):
    return [
        "wait 1 gpio %s" % ws_pin,
        "wait 0 gpio %s" % ws_pin,
        "wait 1 gpio %s" % sck_pin,
        "wrap_target",
        "wait 0 gpio %s" % sck_pin,
        "wait 1 gpio %s" % sck_pin,
        "in_ pins 1",
        "wrap",
    ]
