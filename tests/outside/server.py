"""The server's program, as an operator runs it: a configuration file, signals, tools, and what it says of its health."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from ready import OPENER, wait_until_ready  # noqa: E402

LOOK_SECONDS = 0.1
STOP_SECONDS_MAX = 30
TOOL_SECONDS_MAX = 120


class Wrong(Exception):
    """Something is not as it should be."""


def wait(seconds, what, condition):
    """What `condition` gives, once that is something; it is Wrong if that takes longer."""
    deadline = time.monotonic() + seconds
    while not (got := condition()):
        if deadline < time.monotonic():
            raise Wrong(f"after {seconds} s not yet: {what}")
        time.sleep(LOOK_SECONDS)
    return got


def free_port():
    """A port of this machine that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def toml(settings):
    """A configuration file of these settings."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())


class Server:
    """A server and its data directory. It may be ended and started again."""

    def __init__(self, liap, folder, settings):
        self.liap, self.folder = liap, folder
        self.data = folder / "data"
        self.config = folder / "liap.toml"
        folder.mkdir(parents=True)
        self.settings = {
            "server.data": str(self.data),
            "server.bot_rooms_pace": "instant",
            "rooms.endless_rest_ms": 500,
            "archive.flush_seconds": 1,
        } | settings
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIAP_", "TEST_LIAP_"))}
        self.environment = kept | {"AWS_ACCESS_KEY_ID": "liap", "AWS_SECRET_ACCESS_KEY": "secret", "NO_COLOR": "1"}
        self.process = None

    def start(self, bot_rooms):
        """Starts it, and waits until it is ready."""
        self.port = free_port()
        of_this_run = {"server.bot_rooms": bot_rooms, "net.listen": f"127.0.0.1:{self.port}"}
        self.config.write_text(toml(self.settings | of_this_run))
        with (self.folder / "server.log").open("a") as log:
            command = [self.liap, "serve", "--config", self.config]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self.environment)
        wait_until_ready(f"http://127.0.0.1:{self.port}", self.process.pid)

    def kill(self):
        """As `kill -9` does."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """As an upgrade does; whatever is away must not hold it up."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Wrong(f"the server did not stop within {STOP_SECONDS_MAX} s") from None
        if code != 0:
            raise Wrong(f"the server stopped with {code}")

    def end(self):
        """Ends it if it still runs, however."""
        if self.process and self.process.poll() is None:
            self.kill()

    def degraded(self):
        """What it says does not work; it must be ready all the same."""
        with OPENER.open(f"http://127.0.0.1:{self.port}/health/ready", timeout=5) as answer:
            return json.load(answer).get("degraded", [])

    def says(self, *words):
        """A line of what does not work with all these words in it; None if there is none."""
        return next((line for line in self.degraded() if all(word in line for word in words)), None)

    def tool(self, *command, codes=(0,), settings=None):
        """The answer in JSON of a tool with this server's configuration, and its exit code, one of these."""
        more = [word for key, value in (settings or {}).items() for word in ("--set", f"{key}={value}")]
        if command[0] == "archive":
            more += ["--config", self.config]
        else:
            more += ["--data", self.data]
        done = subprocess.run(
            [self.liap, *command, "--json", *more],
            capture_output=True, text=True, env=self.environment, timeout=TOOL_SECONDS_MAX, check=False,
        )
        if done.returncode not in codes:
            told = (done.stdout + done.stderr).strip()
            raise Wrong(f"{' '.join(command)} ended with {done.returncode}, not {codes}: {told}")
        return json.loads(done.stdout) if done.stdout.strip() else {"said": done.stderr}, done.returncode

    def journal(self):
        """What is in the journal: live rooms, and finished matches that wait."""
        return self.tool("journal", "inspect")[0]

    def waiting(self):
        """The finished matches that wait in the journal."""
        return {done["match"] for done in self.journal()["finished"]}
