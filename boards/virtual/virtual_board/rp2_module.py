"""The module `rp2` of the virtual board: the BOOTSEL button, never pressed."""

from virtual_board import costs, engine

__name__ = "rp2"


def bootsel_button():
    engine.call(costs.OTHER)
    return 0
