"""Measure, side by side with the peers: `python -m bench [intake|engine|pushes|ledger ...]`."""

from __future__ import annotations

import argparse
from importlib import import_module

BENCHES = ("intake", "engine", "pushes", "commands", "ledger", "votes", "draw", "watcher")

parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
parser.add_argument("bench", nargs="*", metavar="bench", help=f"{', '.join(BENCHES)}; default: all")
chosen = parser.parse_args().bench or BENCHES
if unknown := sorted({*chosen} - {*BENCHES}):
    parser.error(f"There is no bench {', '.join(unknown)}.")
for name in chosen:
    import_module(f"bench.{name}").main()
