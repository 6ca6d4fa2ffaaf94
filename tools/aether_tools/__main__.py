from aether_tools.cli import run

run()
