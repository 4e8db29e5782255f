"""What all scenes do: play, look, heal, and count in the end."""

import os
import subprocess
import threading
import time
import urllib.request
import uuid

from faults import Own, Proxy
from places import Database, bucket
from ready import OPENER
from server import Server, Wrong, wait

PREFIX = "archive"
NOTICED_SECONDS_MAX = 45
"""From the first call that fails until `degraded` has it: 5 failures, each of which may take its time limit."""
HEALED_SECONDS_MAX = 60
"""From the healing until the next try: the waits between tries grow with how long it was away."""

RUNNING = []
"""Scenes that were begun."""


class Scene:
    """A server of bot rooms and what is around it; all of it ends with `with`."""

    def __init__(self, name, means, rooms=2):
        self.name, self.means, self.rooms = name, means, rooms
        self.work = means.work / name.replace(" ", "_")
        self.work.mkdir()
        self.began = time.monotonic()
        self.server, self.ends = None, []
        RUNNING.append(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        while self.ends:
            self.ends.pop()()

    def say(self, what):
        """A line of the report."""
        print(f"{time.monotonic() - self.began:6.1f} s  {self.name}: {what}", flush=True)

    def proxy(self, url):
        """A proxy before this service."""
        proxy = Proxy(self.means.proxy, url)
        self.ends.append(proxy.end)
        return proxy

    def own(self, service):
        """A service of this scene's own."""
        own = Own(service, self.work / service)
        self.ends.append(own.end)
        return own

    def bucket(self):
        """A new bucket: the settings that reach it through a proxy, the proxy, and the place past it."""
        name, url = f"t-{uuid.uuid4().hex}", self.means.s3
        OPENER.open(urllib.request.Request(f"{url}/{name}", method="PUT"), timeout=30).close()
        proxy = self.proxy(url)
        settings = {"archive.s3_bucket": name, "archive.s3_prefix": PREFIX, "archive.s3_endpoint": proxy.url}
        return settings, proxy, bucket(url.split("://")[1], name, PREFIX)

    def database(self, url, made_with=""):
        """A new database of this server."""
        name = f"t_{uuid.uuid4().hex}"
        Database(url).ask(f"create database {name} {made_with}")
        return Database(f"{url.rsplit('/', 1)[0]}/{name}")

    def small_disk(self):
        """A disk of 8 MiB; None where nothing may be mounted."""
        disk = self.work / "small"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]
        if subprocess.run(mount, stderr=subprocess.DEVNULL, check=False).returncode:
            return None
        self.ends.append(lambda: subprocess.run(["umount", "-l", disk], check=True))
        return disk

    def enlarge(self, disk):
        """Bots play on: what they play after the healing must not fill the disk again."""
        subprocess.run(["mount", "-o", "remount,size=128m", disk], check=True)

    def start(self, settings):
        """Starts the server, and waits for the first matches in its first place."""
        limits = {"archive.timeout_seconds": 2}
        self.server = Server(self.means.liap, self.work / "server", limits | settings)
        self.ends.append(self.server.end)
        self.server.start(self.rooms)

    def grows(self, place, more=3, seconds=NOTICED_SECONDS_MAX):
        """Waits until this place has so many matches more than now."""
        before = len(place.ids())
        wait(seconds, f"{more} more matches in {place.name}", lambda: len(place.ids()) >= before + more)

    def piles_up(self, more=3):
        """Waits until so many matches more wait in the journal, and gives all that do."""
        before = len(self.server.waiting())

        def enough():
            waiting = self.server.waiting()
            return waiting if len(waiting) >= before + more else None

        return wait(NOTICED_SECONDS_MAX, f"{more} more matches wait in the journal", enough)

    def noticed(self, *words):
        """Waits until `degraded` has a line with these words, and gives it."""
        return wait(NOTICED_SECONDS_MAX, f"degraded says {words}", lambda: self.server.says(*words))

    def healed(self):
        """Waits until nothing is degraded."""
        wait(HEALED_SECONDS_MAX, "nothing is degraded", lambda: not self.server.degraded())

    def is_in(self, place, matches):
        """Waits until these matches are in this place."""
        wait(HEALED_SECONDS_MAX, f"all that waited is in {place.name}", lambda: matches <= place.ids())

    def flush_fails(self):
        """`liap archive flush` says that it could not, and why."""
        told, _ = self.server.tool("archive", "flush", codes=(1,))
        if told.get("done") or not told.get("error") or not told.get("waiting"):
            raise Wrong(f"archive flush in an outage says {told}")
        self.say(f"flush, in the outage: {told['waiting']} wait, exit code 1: {told['error'][:90]}")

    def drain(self, first, followers=()):
        """Ends all games; then each match that ever began must be in each place once, and nowhere else."""
        self.server.stop()
        rooms = self.server.journal()["rooms"]
        played = {room["room"]: room["match_number"] for room in rooms if room["match_number"]}
        self.server.start(0)
        self.server.tool("archive", "flush")
        wait(HEALED_SECONDS_MAX, "all rooms are closed and archived", self._is_empty)
        held = first.held()
        for follower in followers:
            wait(HEALED_SECONDS_MAX, f"{follower.name} has what the first has", lambda: follower.held() == held)  # noqa: B023
        self.server.stop()
        for place in (first, *followers):
            now = place.held()
            now.each_once(place.name)
            if now != held:
                raise Wrong(f"{place.name} has {now.rows}, the first place {held.rows}")
        self._none_is_missing(held, played)
        if list((self.server.data / "dead").iterdir()):
            raise Wrong("matches were put aside in dead/")
        self.say(f"each of {len(held.matches)} matches once in {', '.join(p.name for p in (first, *followers))}")

    def _is_empty(self):
        journal = self.server.journal()
        return not journal["rooms"] and not journal["finished"]

    def _none_is_missing(self, held, played):
        """A room numbers its matches from 1: so a match that is missing is seen, without asking who lost it."""
        numbers = {}
        for _, room, number in held.matches:
            numbers.setdefault(room, []).append(number)
        wanted = {room: list(range(1, last + 1)) for room, last in played.items()}
        for room, found in numbers.items():
            if sorted(found) != wanted.get(room):
                raise Wrong(f"room {room} played {wanted.get(room)}, the archive has {sorted(found)}")
        if set(numbers) != set(wanted):
            raise Wrong(f"rooms {set(wanted) ^ set(numbers)} are in the journal or the archive alone")

    def verified(self, settings=None):
        """`liap archive verify` finds nothing wrong, and counts what `ls` counts."""
        checked, _ = self.server.tool("archive", "verify", settings=settings)
        listed, _ = self.server.tool("archive", "ls", settings=settings)
        if checked["matches"] != listed["matches"] or listed["dead"] or listed["damaged_manifests"]:
            raise Wrong(f"verify says {checked['matches']} matches, ls {listed}")
        self.say(f"verify and ls: {checked['matches']} matches in {checked['files']} files")


def end_all(*_):
    """Leaves no server, service or disk behind where the whole is ended; what a scene still says then is nothing."""
    for scene in RUNNING:
        scene.__exit__()
    os._exit(130)


def all_at_once(scenes):
    """Runs functions beside each other; gives the names of those that failed, with the reason."""
    failed = {}

    def run(name, scene):
        try:
            scene()
        except SystemExit as error:
            failed[name] = str(error)
        except Exception as error:  # noqa: BLE001
            failed[name] = f"{type(error).__name__}: {error}"

    threads = [threading.Thread(target=run, args=item, name=item[0]) for item in scenes.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # One that failed while it was made has not ended what it had begun.
    for scene in RUNNING:
        scene.__exit__()
    return failed
