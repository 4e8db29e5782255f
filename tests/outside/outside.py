"""The server with its archive in real services that fail: see run.sh.

usage: outside.py --liap PROGRAM --proxy PROGRAM --work FOLDER [--short] [SCENE...]
"""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

import followers
import gating
from scene import all_at_once, end_all

SCENES = {
    "followers": followers.followers,
    "s3": gating.in_s3,
    "postgres": gating.in_postgres,
    "full_postgres": gating.in_a_full_database,
    "full_folder": gating.in_a_full_folder,
}


def main():
    """Runs the scenes; exits 1 if anything was wrong in one of them."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--liap", type=Path, required=True)
    arguments.add_argument("--proxy", type=Path, required=True)
    arguments.add_argument("--work", type=Path, required=True)
    arguments.add_argument("--short", action="store_true")
    arguments.add_argument("scenes", nargs="*", choices=[[], *SCENES], metavar="SCENE")
    means = arguments.parse_args()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, end_all)
    means.s3, means.postgres = os.environ["TEST_LIAP_S3"], os.environ["TEST_LIAP_POSTGRES"]
    began = time.monotonic()
    wanted = means.scenes or list(SCENES)
    failed = all_at_once({name: lambda name=name: SCENES[name](means) for name in wanted})
    for name, why in failed.items():
        print(f"outside.py: {name} failed: {why}", file=sys.stderr)
    seconds = time.monotonic() - began
    print(f"outside.py: {len(wanted) - len(failed)} of {len(wanted)} scenes passed in {seconds:.0f} s")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
