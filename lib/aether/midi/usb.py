"""MIDI from a computer's USB, where MicroPython and micropython-lib have it.

It needs MicroPython 1.23 on an RP2, or an ESP32-S3, and the package `usb-device-midi`, once:
`mpremote mip install usb-device-midi`. That package allocates for each transfer, unlike the rest
here, so that garbage is collected now and then.
"""

# Bytes of MIDI in a packet, by its code index number: the lower half of its first byte.
_BYTES = b"\x00\x00\x02\x03\x03\x01\x02\x03\x03\x03\x03\x03\x02\x02\x03\x01"


def usb_in(parser):
    """Make the board a USB MIDI device, and feed the parser with what comes.

    It keeps the serial port; a computer sees the board leave and come back. Messages come in
    callbacks of the scheduler, as blocks do. RuntimeError where it cannot be had. Main program.
    """
    try:
        import usb.device
        from usb.device.midi import MIDIInterface
    except ImportError:
        raise RuntimeError(
            "USB MIDI needs a package on the board: mpremote mip install usb-device-midi"
        )

    class Interface(MIDIInterface):
        def on_midi_event(self, cin, one, two, three):
            take(parser, cin, one, two, three)

    interface = Interface()
    try:
        usb.device.get().init(interface, builtin_driver=True)
    except AttributeError:
        raise RuntimeError("this MicroPython has no machine.USBDevice, which USB MIDI needs")
    return interface


def take(parser, cin, one, two, three):
    """Feed a packet: its code index number, and three bytes of which it has one to three."""
    n = _BYTES[cin & 15]
    if n > 0:
        parser.feed(one)
    if n > 1:
        parser.feed(two)
    if n > 2:
        parser.feed(three)
