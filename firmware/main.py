# aether main
"""Starts the app that /autostart.py names, and leaves the prompt to you.

At the prompt `app` is what it started: `app.stop()`, `app.stats()`. Two ways to start without
it: hold BOOTSEL (on an ESP32 the BOOT button, from just after the reset), or make a file
/no_autostart.
"""

import gc
import os
import sys

# Their ValueErrors are messages to you; anybody else's deserve a traceback.
_OURS = ("drone", "echo", "groovebox", "meter", "polysynth", "tone", "wav_player")


# Bytes from one garbage collection to the next while an app is loaded.
_OFTEN = 8192


def _say(text):
    print("aether: " + text)


def _exists(path):
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def _load(name):
    # A module of two lines: the user may have edited or removed it.
    try:
        return __import__(name)
    except ImportError:
        _say("no app started: there is no /%s.py" % name)
    except Exception as error:
        _say("no app started: /%s.py is damaged: %s %s" % (name, type(error).__name__, error))
    return None


def _button(board):
    """The name of the button that is held to skip the app, or None."""
    if sys.platform == "rp2":
        import rp2

        return "BOOTSEL" if rp2.bootsel_button() else None
    if sys.platform == "esp32" and 0 not in (board.SCK, board.WS, board.SD):
        from machine import Pin

        return None if Pin(0, Pin.IN, Pin.PULL_UP).value() else "BOOT"
    return None


def _apps():
    try:
        names = os.listdir("/apps")
    except OSError:
        names = ()
    return sorted({n.rsplit(".", 1)[0] for n in names if n[0] != "_" and n[-2:] == "py"})


def _start():
    if _exists("/no_autostart"):
        _say("no app started: there is a file /no_autostart")
        return None
    board = _load("board")
    if board is None:
        return None
    button = _button(board)
    if button:
        _say("no app started: %s is held" % button)
        return None
    autostart = _load("autostart")
    if autostart is None:
        return None
    name = getattr(autostart, "APP", None)
    options = getattr(autostart, "OPTIONS", {})
    if not isinstance(name, str) or not isinstance(options, dict):
        _say("no app started: /autostart.py needs APP = 'name' and OPTIONS = {...}")
        return None
    if name not in _apps():
        _say("unknown app '%s'; on this board: %s" % (name, ", ".join(_apps()) or "none"))
        return None
    try:
        return _run(name, board, options)
    except KeyboardInterrupt:
        _say(name + " interrupted")
    except SystemExit:
        # Passed on it would reset the board, which would start the app again.
        _say(name + " ended")
    except Exception as error:
        if name in _OURS and isinstance(error, (TypeError, ValueError)):
            _say("%s: %s" % (name, error))
        else:
            sys.print_exception(error)
            _say(name + " failed")
    return None


def _close_together(every):
    # Collected often, what is loaded leaves room in one piece. CPython counts otherwise.
    if hasattr(gc, "threshold"):
        gc.threshold(every)


def _run(name, board, options):
    _close_together(_OFTEN)
    try:
        return _started(name, board, options)
    finally:
        _close_together(-1)


def _started(name, board, options):
    module = __import__("apps." + name, None, None, ("*",))
    start = getattr(module, "start", None)
    if start is None:
        # A plain script, which has run by now.
        _say(name + " ended")
        return module
    session = start(board, **options)
    _say(getattr(session, "status", name + " started"))
    return session


app = _start()
