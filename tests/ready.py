"""Waits until a server is ready.

usage: ready.py http://HOST:PORT PID
"""

import os
import sys
import time
import urllib.request

SECONDS_MAX = 30
LOOK_SECONDS = 0.05
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks this machine itself, whatever proxy the environment names."""


def wait_until_ready(url, server):
    """Returns when the server says so; fails with a reason if its process ends before, or takes too long."""
    deadline = time.monotonic() + SECONDS_MAX
    while time.monotonic() < deadline:
        try:
            os.kill(server, 0)
            if OPENER.open(f"{url}/health/ready", timeout=2).status == 200:
                return
        except ProcessLookupError:
            sys.exit("the server exited")
        except OSError:
            pass
        time.sleep(LOOK_SECONDS)
    sys.exit(f"not ready within {SECONDS_MAX} s")


if __name__ == "__main__":
    wait_until_ready(sys.argv[1], int(sys.argv[2]))
