"""The arithmetic of sources: viper where there is a native emitter, else plain Python."""

try:
    import aether.nodes.sources.sources_viper as found
except (ImportError, SyntaxError, ValueError):
    import aether.nodes.sources.sources_portable as found
hot = found
# What goes through a wave, on an Arm Cortex-M in assembler.
try:
    from aether.nodes.sources.thumb import run as found
except (ImportError, SyntaxError, ValueError):
    found = hot.run
run = found
