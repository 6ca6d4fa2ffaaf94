"""package.json, by which mip installs the library.

`python -m aether_tools.package_json` writes it anew.
"""

import json

from aether_tools import __version__, paths

PATH = paths.ROOT / "package.json"


def content() -> str:
    """What the file must hold: every file of lib/aether, to be imported from the same place."""
    names = [p.relative_to(paths.LIB).as_posix() for p in (paths.LIB / "aether").rglob("*.py")]
    urls = ",\n".join(f"    {json.dumps([name, f'lib/{name}'])}" for name in sorted(names))
    return f'{{\n  "urls": [\n{urls}\n  ],\n  "deps": [],\n  "version": "{__version__}"\n}}\n'


if __name__ == "__main__":
    PATH.write_text(content())
