"""One line more for a program that died of what the virtual board does not have."""

from virtual_board import real

_ABSENT = {
    "machine": (
        "ADC ADCBlock ADCWiFi BitStream Counter DAC Encoder I2C I2CTarget PWM SDCard SPI "
        "Signal SoftI2C SoftSPI TouchPad UART USBDevice WDT bitstream bootloader deepsleep "
        "dht_readinto mem8 mem16 mem32 rng sleep time_pulse_us wake_reason"
    ).split(),
    "rp2": ["Flash", "PIOASMEmit", "asm_pio_encode"],
}
_MODULES = "bluetooth cyw43 esp esp32 espnow lwip neopixel network onewire dht".split()


def show(error):
    """For an AttributeError or ImportError that names such a thing, on stderr."""
    text = str(error.args[0]) if error.args else ""
    word = text.replace("'", " ").split()[-1:] or [""]
    if isinstance(error, ImportError) and word[0] in _MODULES:
        _say("module " + word[0])
    elif isinstance(error, (AttributeError, ImportError)):
        for module, names in _ABSENT.items():
            if word[0] in names:
                _say("%s.%s" % (module, word[0]))


def _say(what):
    real.sys.stderr.write("aether: the virtual board has no %s\n" % what)
