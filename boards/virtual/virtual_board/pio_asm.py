"""rp2.asm_pio without an assembler: it takes down what a program says, to know it again.

The programs that are known are those of aether.drivers.rp2_programs.
"""

from virtual_board import costs, engine

SHIFT_LEFT, SHIFT_RIGHT = 0, 1
JOIN_NONE, JOIN_TX, JOIN_RX = 0, 1, 2

TRANSMITTER, RECEIVER, FOLLOWER = "transmitter", "receiver", "follower"

_DIRECTIVES = ("label", "wrap_target", "wrap")
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
        # Where it lies in each PIO's memory, -1 for nowhere.
        self.offsets = [-1, -1, -1]
        _recognise(self, code, options)


class _Name:
    # A word of the assembler's language, also one that is called or joined with another.

    def __init__(self, name):
        self.name = name

    def __call__(self, *_):
        return self

    def __or__(self, _):
        return self


class _Line:
    # An instruction that has been written, for what may follow it.

    def __init__(self, words):
        self._words = words

    def side(self, value):
        self._words[0] = value
        return self

    def delay(self, value):
        self._words[1] = value
        return self

    def __getitem__(self, value):
        return self.delay(value)


class _Instruction:
    def __init__(self, name, code):
        self._name = name
        self._code = code

    def __call__(self, *args):
        words = [None, 0, self._name]
        words.extend(each.name if isinstance(each, _Name) else each for each in args)
        self._code.append(words)
        return _Line(words)


class _Directive(_Instruction):
    def __call__(self, *args):
        self._code.append([self._name] + list(args))


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
            for name in _INSTRUCTIONS:
                scope[name] = _Instruction(name, code)
            for name in _DIRECTIVES:
                scope[name] = _Directive(name, code)
            function()
        finally:
            scope.clear()
            scope.update(kept)
        engine.call(costs.PIO_LINE * len(code))
        length = sum(1 for words in code if words[0] not in _DIRECTIVES)
        return Program(code, length, options)

    return assemble


_OPTIONS = (
    "out_init set_init sideset_init side_pindir in_shiftdir out_shiftdir autopush autopull "
    "push_thresh pull_thresh fifo_join"
).split()


def _recognise(program, code, options):
    for kind, known in ((TRANSMITTER, _transmitter), (RECEIVER, _receiver)):
        for bits in (16, 32):
            for sck, ws in ((1, 2), (2, 1)):
                if code == known(bits, sck, ws):
                    _know(program, kind, bits, options)
    if len(code) > 2 and code == _follower(code[0][-1], code[2][-1]):
        _know(program, FOLLOWER, options.get("push_thresh", 32), options)


def _know(program, kind, bits, options):
    sends = kind == TRANSMITTER
    words = options.get("pull_thresh" if sends else "push_thresh", 32)
    join = JOIN_TX if sends else JOIN_RX
    shift = options.get("out_shiftdir" if sends else "in_shiftdir", SHIFT_LEFT)
    auto = options.get("autopull" if sends else "autopush", False)
    fits = words in (bits, 32) if sends else words == bits and bits in (16, 32)
    if auto and shift == SHIFT_LEFT and options.get("fifo_join", JOIN_NONE) == join and fits:
        program.kind = kind
        program.bits = bits
        program.words = words


def _code(*lines):
    # "side name args" to what is taken down; side "-" for none, "@" for a directive.
    code = []
    for line in lines:
        words = [int(word) if word.isdigit() else word for word in line.split()]
        if words[0] == "@":
            code.append(words[1:])
        else:
            code.append([None if words[0] == "-" else words[0], 0] + words[1:])
    return code


def _transmitter(bits, sck, ws):
    return _code(
        "%d set x %d" % (sck | ws, bits - 2),
        "0 nop",
        "%d nop" % sck,
        "@ wrap_target",
        "@ label left",
        "0 out pins 1",
        "%d jmp x_dec left" % sck,
        "%d out pins 1" % ws,
        "%d set x %d" % (sck | ws, bits - 2),
        "@ label right",
        "%d out pins 1" % ws,
        "%d jmp x_dec right" % (sck | ws),
        "0 out pins 1",
        "%d set x %d" % (sck, bits - 2),
        "@ wrap",
    )


def _receiver(bits, sck, ws):
    return _code(
        "%d set x %d" % (sck | ws, bits - 3),
        "0 nop",
        "%d nop" % sck,
        "@ wrap_target",
        "0 nop",
        "@ label left",
        "%d in_ pins 1" % sck,
        "0 jmp x_dec left",
        "%d in_ pins 1" % sck,
        "%d set x %d" % (ws, bits - 3),
        "%d in_ pins 1" % (sck | ws),
        "%d nop" % ws,
        "@ label right",
        "%d in_ pins 1" % (sck | ws),
        "%d jmp x_dec right" % ws,
        "%d in_ pins 1" % (sck | ws),
        "0 set x %d" % (bits - 3),
        "%d in_ pins 1" % sck,
        "@ wrap",
    )


def _follower(ws_pin, sck_pin):
    return _code(
        "- wait 1 gpio %s" % ws_pin,
        "- wait 0 gpio %s" % ws_pin,
        "- wait 1 gpio %s" % sck_pin,
        "@ wrap_target",
        "- wait 0 gpio %s" % sck_pin,
        "- wait 1 gpio %s" % sck_pin,
        "- in_ pins 1",
        "@ wrap",
    )
