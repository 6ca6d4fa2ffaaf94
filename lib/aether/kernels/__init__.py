"""Work on whole blocks, with no float object and no garbage: integers on the raw float32 words.

The backend is chosen once, here: `viper` wherever MicroPython has a native emitter, else
`portable`, plain Python that is right everywhere and the only one that may allocate. On Arm
Cortex-M boards `thumb` takes the 16-bit ones over from viper. `backend` names the choice. All
give the same bits.
"""

try:
    from aether.kernels.viper import (
        backend,
        from_pcm16,
        from_pcm32,
        mono_from_pcm16,
        mono_from_pcm32,
        mono_to_pcm16,
        mono_to_pcm32,
        to_pcm16,
        to_pcm32,
    )
except (ImportError, SyntaxError, ValueError):
    from aether.kernels.portable import (
        backend,
        from_pcm16,
        from_pcm32,
        mono_from_pcm16,
        mono_from_pcm32,
        mono_to_pcm16,
        mono_to_pcm32,
        to_pcm16,
        to_pcm32,
    )
else:
    try:
        from aether.kernels.thumb import (
            backend,
            from_pcm16,
            mono_from_pcm16,
            mono_to_pcm16,
            to_pcm16,
        )
    except (ImportError, SyntaxError, ValueError):
        pass

__all__ = (
    "backend",
    "from_pcm16",
    "from_pcm32",
    "mono_from_pcm16",
    "mono_from_pcm32",
    "mono_to_pcm16",
    "mono_to_pcm32",
    "to_pcm16",
    "to_pcm32",
)
