"""A look into an array object of the interpreter."""

import micropython


@micropython.viper
def type_code(address: int) -> int:
    return int(ptr8(address)[8])
