"""Runs the journeys: run.py BINARIES [NAME …]. Exits 0 when all of those asked for passed, and at least one ran."""

import os
import sys
import time
import traceback

from browser import Browser
from journeys import ALL
from world import World


def run(journey, binaries, pictures):
    """One journey in a world and a browser of its own."""
    world = World(binaries)
    try:
        browser = Browser(pictures)
        try:
            journey(world, browser)
        finally:
            browser.close()
    finally:
        world.close()


def main():
    binaries, words = sys.argv[1], sys.argv[2:]
    pictures = os.environ.get("KEEP_SCREENSHOTS")
    if pictures:
        os.makedirs(pictures, exist_ok=True)
    wanted = [journey for journey in ALL if not words or any(word in journey.__name__ for word in words)]
    passed = failed = 0
    for journey in wanted:
        start = time.monotonic()
        try:
            run(journey, binaries, pictures)
            passed += 1
            print(f"passed {journey.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
        except Exception:  # noqa: BLE001: whatever it was, the journey did not arrive
            failed += 1
            print(f"FAILED {journey.__name__}\n{traceback.format_exc()}", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(0 if passed and not failed else 1)


main()
