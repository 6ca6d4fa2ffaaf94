"""machine.ADC and PWM. A pin that nobody drives is read as half the range."""

from virtual_board import board, costs, engine
from virtual_board.arguments import integer, parse
from virtual_board.pin import Pin, pin_id

_ESP32 = board.current.esp32
_HALF = 2048
# 27 degrees, as the sensor on an RP2 says it: 0.706 V of 3.3 V.
_TEMPERATURE = 876
_ATTEN = (("atten", 3, integer, True),)
_MICROVOLTS = (950_000, 1_250_000, 1_750_000, 2_450_000)
_PWM = (
    ("freq", -1, integer, False),
    ("duty", -1, integer, True),
    ("duty_u16", -1, integer, True),
    ("duty_ns", -1, integer, True),
    ("invert", 0, integer, True),
)


def _pins():
    # Those that an ESP32 can measure.
    if board.current.values["MCU"] == "ESP32S3":
        return range(1, 21)
    return (0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39)


class ADC:
    """ADC(pin), on rp2 of a channel too."""

    def __init__(self, *args):
        engine.call(costs.ADC)
        if len(args) != 1:
            text = "function takes 1 positional arguments but %d were given"
            raise TypeError(text % len(args))
        channel = args[0]
        if not isinstance(channel, int) or not 0 <= channel < 5:
            channel = pin_id(channel) - 26
            if not 0 <= channel < 4:
                raise ValueError("Pin doesn't have ADC capabilities")
        self._channel = channel
        self._raw = _TEMPERATURE if channel == 4 else _HALF

    def read_u16(self):
        engine.call(costs.ADC_READ)
        return self._raw << 4 | self._raw >> 8

    def __repr__(self):
        return "<ADC channel=%d>" % self._channel


class _Esp32ADC(ADC):
    def __init__(self, id, *args, **kwargs):
        engine.call(costs.ADC)
        self._pin = pin_id(id)
        if self._pin not in _pins():
            raise ValueError("invalid pin")
        self._raw = _HALF
        self._bits = 12
        self.init(*args, **kwargs)

    def __repr__(self):
        return "ADC(Pin(%d), atten=%d)" % (self._pin, self._atten)

    def init(self, *args, **kwargs):
        self.atten(parse(_ATTEN, args, kwargs)[0])

    def atten(self, atten):
        if not 0 <= atten <= 3:
            raise ValueError("invalid attenuation")
        self._atten = atten

    def width(self, bits):
        if not 9 <= bits <= 12:
            raise ValueError("invalid bit-width")
        self._bits = bits

    def read(self):
        engine.call(costs.ADC_READ)
        return self._raw >> 12 - self._bits

    def read_uv(self):
        engine.call(costs.ADC_READ)
        return _MICROVOLTS[self._atten] // 2

    def deinit(self):
        pass


if _ESP32:
    ADC = _Esp32ADC
    for _i, _name in enumerate(("0DB", "2_5DB", "6DB", "11DB")):
        setattr(ADC, "ATTN_" + _name, _i)
    for _i in range(9, 13):
        setattr(ADC, "WIDTH_%dBIT" % _i, _i)
else:
    ADC.CORE_TEMP = 4


class PWM:
    """PWM(pin, freq, duty_u16=…): remembers what it is set to."""

    def __init__(self, dest, *args, **kwargs):
        self._pin = pin_id(dest.number if isinstance(dest, Pin) else dest)
        self._freq = 5000 if _ESP32 else 0
        self._duty = 32768 if _ESP32 else 0
        self.init(*args, **kwargs)

    def init(self, *args, **kwargs):
        engine.call(costs.PWM)
        if "duty" in kwargs and not _ESP32:
            raise TypeError("extra keyword arguments given")
        freq, duty, u16, ns, _ = parse(_PWM, args, kwargs)
        if freq != -1:
            self._set_freq(freq)
        if duty != -1:
            self.duty(duty)
        if u16 != -1:
            self.duty_u16(u16)
        if ns != -1:
            self.duty_ns(ns)

    def _set_freq(self, hz):
        if _ESP32 and not 1 <= hz <= 40_000_000:
            raise ValueError("frequency must be from 1Hz to 40MHz")
        if not _ESP32 and hz > board.current.clock // 2:
            raise ValueError("freq too large")
        if not _ESP32 and hz * 256 * 65536 <= board.current.clock:
            raise ValueError("freq too small")
        self._freq = hz

    def freq(self, hz=None):
        engine.call(costs.PWM_CALL)
        if hz is None:
            return self._freq
        self._set_freq(integer(hz))

    def duty_u16(self, duty=None):
        engine.call(costs.PWM_CALL)
        if duty is None:
            return self._duty
        if _ESP32 and not 0 <= integer(duty) <= 65535:
            raise ValueError("duty_u16 must be from 0 to 65535")
        self._duty = min(integer(duty), 65535)

    def duty_ns(self, ns=None):
        engine.call(costs.PWM_CALL)
        if ns is None:
            return self._duty * 1_000_000_000 // (self._freq * 65535) if self._freq else 0
        self._duty = min(integer(ns) * self._freq * 65535 // 1_000_000_000, 65535)

    def deinit(self):
        engine.call(costs.PWM_CALL)
        self._duty = 0

    def __repr__(self):
        if _ESP32:
            return "PWM(Pin(%d), freq=%d, duty=%d)" % (self._pin, self._freq, self._duty >> 6)
        return "<PWM slice=%d channel=%d invert=0>" % (self._pin >> 1 & 7, self._pin & 1)


def _duty(self, duty=None):
    """Of ten bits, as the esp32 port has it."""
    if duty is None:
        return self.duty_u16() * 1023 // 65535
    if not 0 <= integer(duty) <= 1023:
        raise ValueError("duty must be from 0 to 1023")
    self.duty_u16(duty * 65535 // 1023)


if _ESP32:
    PWM.duty = _duty
