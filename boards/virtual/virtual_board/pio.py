"""rp2.PIO and rp2.StateMachine, for the programs of aether's drivers."""

from virtual_board import board, costs, dma_wires, engine, pio_asm, pio_in, pio_out
from virtual_board.arguments import REQUIRED, integer, parse
from virtual_board.pin import pin_id
from virtual_board.unsupported import refuse

_ENOMEM = 12
_MEMORY = 32
_MACHINES = 4
_EXTERNAL = "StateMachine claimed by external resource"


class Block:
    """What one PIO has left: instruction memory, and who has its state machines."""

    def __init__(self):
        self.memory = [False] * _MEMORY
        self.claimed = ["", "", "", ""]

    def place(self, length):
        """Takes room from the top of the memory down, as the SDK does; -1 if there is none."""
        for at in range(_MEMORY - length, -1, -1):
            if not any(self.memory[at : at + length]):
                self.memory[at : at + length] = [True] * length
                return at
        return -1

    def drop(self, at, length):
        """Gives room back; allocates nothing."""
        for i in range(at, at + length):
            self.memory[i] = False


blocks = []
_machines = {}
_hardware = None


def configure(hardware, rp2350):
    """A chip with its PIOs empty."""
    global _hardware
    _hardware = hardware
    blocks[:] = [Block() for _ in range(3 if rp2350 else 2)]


class Claim:
    """What machine.I2S takes of a chip: a state machine, room for its program, DMA channels."""

    LENGTH = 8
    CHANNELS = 2

    def __init__(self):
        self._block = None
        self._channels = []
        roomy = False
        for block in blocks:
            if "" in block.claimed:
                roomy = True
                at = block.place(self.LENGTH)
                if at >= 0:
                    self._take(block, at)
                    return
        raise OSError("not enough PIO program space" if roomy else "no free state machines")

    def _take(self, block, at):
        self._block = block
        self._at = at
        self._machine = block.claimed.index("")
        block.claimed[self._machine] = "I2S"
        if _hardware.free() < self.CHANNELS:
            self.release()
            raise OSError("cannot claim 2 DMA channels")
        self._channels = [_hardware.claim() for _ in range(self.CHANNELS)]

    def release(self):
        block, self._block = self._block, None
        if block is None:
            return
        block.claimed[self._machine] = ""
        block.drop(self._at, self.LENGTH)
        while self._channels:
            _hardware.release(self._channels.pop())


class PIO:
    """One PIO block; the same number gives the same object."""

    IN_LOW, IN_HIGH, OUT_LOW, OUT_HIGH = 0, 1, 2, 3
    SHIFT_LEFT, SHIFT_RIGHT = pio_asm.SHIFT_LEFT, pio_asm.SHIFT_RIGHT
    JOIN_NONE, JOIN_TX, JOIN_RX = pio_asm.JOIN_NONE, pio_asm.JOIN_TX, pio_asm.JOIN_RX
    IRQ_SM0, IRQ_SM1, IRQ_SM2, IRQ_SM3 = 0x100, 0x200, 0x400, 0x800

    def __new__(cls, number):
        number = integer(number)
        if not 0 <= number < len(blocks):
            raise ValueError("invalid PIO")
        key = "PIO%d" % number
        if key not in _machines:
            _machines[key] = self = object.__new__(cls)
            self._number = number
        return _machines[key]

    def __init__(self, number):
        engine.call(costs.PIO)

    def __repr__(self):
        return "PIO(%d)" % self._number

    def add_program(self, program):
        engine.call(costs.PIO_PROGRAM)
        _add(self._number, program)

    def remove_program(self, program=None):
        engine.call(costs.PIO_PROGRAM)
        block = blocks[self._number]
        if program is None:
            block.drop(0, _MEMORY)
            return
        at = program.offsets[self._number]
        if at < 0:
            raise ValueError("prog not in instruction memory")
        program.offsets[self._number] = -1
        block.drop(at, program.length)

    def state_machine(self, number, *args, **options):
        if not 0 <= integer(number) < _MACHINES:
            raise ValueError("invalid StateMachine")
        return StateMachine(self._number * _MACHINES + number, *args, **options)

    def irq(self, handler=None, trigger=0xF00, hard=False):
        refuse("interrupts of a PIO")


def _add(number, program):
    if not isinstance(program, pio_asm.Program):
        raise TypeError("object with buffer protocol required")
    if program.kind is None:
        refuse("PIO programs of one's own")
    at = blocks[number].place(program.length)
    if at < 0:
        raise OSError(_ENOMEM)
    program.offsets[number] = at


_INIT = (
    ("prog", REQUIRED, None, False),
    ("freq", -1, integer, False),
    ("in_base", None, None, True),
    ("out_base", None, None, True),
    ("set_base", None, None, True),
    ("jmp_pin", None, None, True),
    ("sideset_base", None, None, True),
    ("in_shiftdir", None, None, True),
    ("out_shiftdir", None, None, True),
    ("push_thresh", None, None, True),
    ("pull_thresh", None, None, True),
)


class StateMachine:
    """One state machine, numbered through all PIOs; the same number gives the same object."""

    def __new__(cls, number, *args, **options):
        number = integer(number)
        if not 0 <= number < _MACHINES * len(blocks):
            raise ValueError("invalid StateMachine")
        if blocks[number // _MACHINES].claimed[number % _MACHINES] == "I2S":
            raise ValueError(_EXTERNAL)
        blocks[number // _MACHINES].claimed[number % _MACHINES] = "Python"
        if number not in _machines:
            _machines[number] = self = object.__new__(cls)
            self.number = number
            self._port = None
        return _machines[number]

    def __init__(self, number, *args, **options):
        if args or options:
            self.init(*args, **options)
        else:
            engine.call(costs.STATE_MACHINE)

    def __repr__(self):
        return "StateMachine(%d)" % self.number

    def init(self, *args, **options):
        program, freq, *pins = parse(_INIT, args, options)[:7]
        engine.call(costs.STATE_MACHINE_INIT)
        if not isinstance(program, pio_asm.Program):
            raise TypeError("object with buffer protocol required")
        pio = self.number // _MACHINES
        if program.offsets[pio] < 0:
            _add(pio, program)
        clock = board.current.clock
        div = clock * 256 // freq if freq > 0 else 256 if freq else 65536 * 256
        if not 256 <= div <= 65536 * 256:
            raise ValueError("freq out of range")
        pins = [None if pin is None else pin_id(pin) for pin in pins]
        in_base, out_base, _, jmp_pin, sideset_base = pins
        before = self._port
        if program.kind == pio_asm.TRANSMITTER:
            self._port = pio_out.Sender(program, clock, div, out_base, sideset_base)
        elif program.kind == pio_asm.RECEIVER:
            self._port = pio_in.Receiver(program, clock, div)
        else:
            if jmp_pin != program.pins[1]:
                refuse("a follower whose jmp_pin is not its word clock")
            self._port = pio_in.Follower(program, clock, div, in_base)
        _hardware.set_port(self.number, self._port)
        board.current.i2s.append(self._port)
        if before is not None:
            board.current.retire(before)

    def active(self, on=None):
        engine.enter(costs.STATE_MACHINE_ACTIVE)
        port = self._port
        if on is not None and port is not None:
            if on:
                port.start(engine.now)
            else:
                port.stop(engine.now)
            _hardware.retime()
        running = port is not None and port.running
        engine.leave()
        return running

    def tx_address(self):
        return dma_wires.tx_address(self.number)

    def rx_address(self):
        return dma_wires.rx_address(self.number)

    def _refuse(self, *args, **options):
        refuse("calls to a state machine other than init() and active()")

    restart = exec = get = put = rx_fifo = tx_fifo = irq = _refuse
