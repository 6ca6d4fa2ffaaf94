"""One line more for a program that died of what the virtual board does not have."""

from virtual_board import real

_ABSENT = {
    "machine": (
        "ADCBlock ADCWiFi Counter DAC Encoder I2CTarget SDCard TouchPad USBDevice bootloader "
        "dht_readinto mem8 mem16 mem32 rng sleep wake_reason"
    ).split(),
    "rp2": ["Flash", "PIOASMEmit", "asm_pio_encode"],
}
# Of firmwares; whatever else is not found is a file that a board would need, too.
_MODULES = (
    "_onewire _rp2 aioespnow bluetooth btree cyw43 dht ds18x20 esp esp32 espnow lwip network "
    "ntptime onewire"
).split()
_ELSEWHERE = "use `aether emulate`"


def show(error, beside):
    """For an error that names such a thing, on stderr.

    `beside(name)` says whether there is such a file beside the program's.
    """
    text = str(error.args[0]) if error.args else ""
    word = text.replace("'", " ").split()[-1:] or [""]
    if isinstance(error, SyntaxError):
        if text == "invalid micropython decorator":
            _say("no inline assembler of a board: " + _ELSEWHERE)
    elif isinstance(error, ImportError) and text[:15] == "no module named":
        _say(_module(word[0], beside))
    elif isinstance(error, NameError):
        # "name 'mem32' isn't defined", behind `from machine import *`.
        for name in text.split("'")[1:2]:
            if name in _ABSENT["machine"]:
                _say("no machine." + name)
    elif isinstance(error, (AttributeError, ImportError)):
        for module, names in _ABSENT.items():
            if word[0] in names:
                _say("no %s.%s" % (module, word[0]))


def _module(name, beside):
    first = name.split(".")[0]
    if first in _MODULES:
        return "no module " + name
    if beside(first) or beside(first + ".py"):
        return "no module %s: --fs gives it the folder of the program, where one is" % name
    return "no module %s: put it into the folder that --fs names, as on a board's flash" % name


def _say(what):
    real.sys.stderr.write("aether: the virtual board has %s\n" % what)
