"""What fails: a proxy before a service, and services of a scene's own that are really stopped."""

import os
import subprocess
from pathlib import Path

SERVICES = Path(__file__).resolve().parent.parent / "services"


def address_of(url):
    """HOST:PORT of SCHEME://[USER@]HOST:PORT[/...]."""
    return url.split("://")[1].split("/")[0].split("@")[-1]


class Proxy:
    """The proxy of the archive's own tests (`systems/archive/examples/proxy.rs`) before a service."""

    def __init__(self, program, url):
        self.process = subprocess.Popen(
            [program, address_of(url)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.address = self.process.stdout.readline().strip()
        self.url = url.replace(address_of(url), self.address)

    def set(self, mode):
        """From now on; gives the bytes of requests carried in the mode before."""
        print(mode, file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def end(self):
        """Its port is closed after this."""
        self.process.stdin.close()
        self.process.wait(10)


class Own:
    """A service of a scene's own: `postgres` or `s3`. Its script stops it and starts it again."""

    def __init__(self, service, folder):
        self.script, self.folder = SERVICES / f"{service}.sh", folder
        lines = self.run("start").splitlines()
        pairs = [line.removeprefix("export ").split("=", 1) for line in lines]
        self.exports = {name: value.strip("'") for name, value in pairs}

    def run(self, what):
        """Lets its script do something."""
        kept = {name: value for name, value in os.environ.items() if name not in ("TEST_LIAP_POSTGRES", "TEST_LIAP_S3")}
        with (self.folder.parent / f"{self.script.stem}.log").open("a") as log:
            done = subprocess.run(
                [self.script, what, self.folder],
                stdout=subprocess.PIPE, stderr=log, text=True, env=kept, timeout=120, check=True,
            )
        return done.stdout

    def end(self):
        """Nothing of it is left."""
        self.run("stop")
