"""The arithmetic of sources: viper where there is a native emitter, else plain Python."""

try:
    import aether.nodes.sources.sources_viper as found
except (ImportError, SyntaxError, ValueError):
    import aether.nodes.sources.sources_portable as found
hot = found
# What goes through waves and noise, on an Arm Cortex-M in assembler.
try:
    import aether.nodes.sources.thumb as found
except (ImportError, SyntaxError, ValueError):
    pass
loops = found
