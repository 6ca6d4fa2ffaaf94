"""/aether.json, the record on a board of what flash put there; uninstall goes by it."""

import json
from dataclasses import dataclass, field

PATH = "/aether.json"


@dataclass
class Manifest:
    """What is ours on a board.

    A path has several hashes while a flash is under way, or after one that was cut short: the
    file there may be the one before or the one after.
    """

    files: dict[str, list[str]] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    """Folders that flash made, parents first."""
    backups: dict[str, str] = field(default_factory=dict)
    """Path of a user's file that ours took the place of -> where it is kept."""

    def owns(self, path: str, sha256: str) -> bool:
        return sha256 in self.files.get(path, ())

    def dump(self) -> bytes:
        values = {"files": self.files, "folders": self.folders, "backups": self.backups}
        return json.dumps(values, indent=0, sort_keys=True).encode() + b"\n"


def parse(text: bytes) -> Manifest | None:
    """The manifest in `text`; None where it is damaged."""
    try:
        values = json.loads(text)
        manifest = Manifest(values["files"], values["folders"], values["backups"])
        hashes = [h for some in manifest.files.values() for h in some]
        paths = [*manifest.files, *manifest.folders, *manifest.backups, *manifest.backups.values()]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    names = all(isinstance(p, str) and p.startswith("/") for p in paths)
    return manifest if names and all(isinstance(h, str) for h in hashes) else None
