"""The host command `aether`: demo, run, virtual, flash, stop, uninstall and probe."""

__version__ = "0.1.0"
