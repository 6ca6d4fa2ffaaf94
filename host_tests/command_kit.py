"""Runs the host command `aether` as its users do, in a folder of the test's."""

import os
import subprocess
import sys


def aether(folder, *arguments, environment=None, patience=120, **options):
    """The ended process, its output as text; `environment`: variables beside this process's."""
    return subprocess.run(
        [sys.executable, "-m", "aether_tools", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=patience,
        env={**os.environ, **(environment or {})},
        **options,
    )


def refused(done) -> str:
    """The one line that a user's mistake gets, with exit code 2 and nothing else."""
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert done.stdout == ""
    assert done.stderr.startswith("aether: ")
    assert done.stderr.count("\n") == 1
    return done.stderr
