"""Real-time audio for MicroPython: block memory that is allocated once, and a stream it feeds.

What a program does not name is not loaded: `from aether import BufferPool` on a board reads the
pool's files only.
"""

__version__ = "0.1.0"

# Public name -> the module that has it.
_HOMES = {
    "BUFFER_SIZE": "buffer_pool",
    "DEFAULT_CAPACITY": "buffer_pool",
    "BufferPool": "buffer_pool",
    "SharedBufferPool": "shared_pool",
    "Graph": "graph",
    "I2SIn": "stream_in",
    "I2SOut": "stream",
    "I2SDuplex": "duplex",
}
# MicroPython asks here too for `from aether import kernels`.
_MODULES = (
    "buffer_pool",
    "drivers",
    "duplex",
    "graph",
    "kernels",
    "midi",
    "nodes",
    "stream",
    "stream_in",
)


def __getattr__(name):
    home = _HOMES.get(name)
    if home is not None:
        value = getattr(__import__("aether." + home, None, None, (name,)), name)
    elif name in _MODULES:
        value = __import__("aether." + name, None, None, ("*",))
    else:
        raise AttributeError("module 'aether' has no '%s'" % name)
    globals()[name] = value
    return value
