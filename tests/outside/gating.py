"""One place alone, so that it gates: while it is away or full, matches wait in the journal."""

import places
from places import Database

from scene import NOTICED_SECONDS_MAX, Scene
from server import Wrong, wait

WAIT = "finished matches wait"


def outage(scene, place, stop, heal):
    """It stops: matches wait, also over a `kill -9`; it comes back: each is archived."""
    server = scene.server
    scene.grows(place)
    stop()
    waiting = scene.piles_up()
    line = scene.noticed(WAIT)
    scene.say(f"away: {len(waiting)} wait, degraded says {line!r}")
    scene.flush_fails()
    server.kill()
    left = server.waiting()
    # One may have been on its way when the place stopped.
    gone = waiting - left
    if gone and not gone <= place.ids():
        raise Wrong(f"{gone} were lost by kill -9")
    server.start(scene.rooms)
    scene.noticed(WAIT)
    if not left <= server.waiting():
        raise Wrong("matches that waited do not wait any more after a restart")
    scene.say(f"kill -9: {len(left)} wait still")
    waiting = scene.piles_up()
    heal()
    scene.healed()
    scene.is_in(place, waiting)
    scene.say("healed: all that waited is in")


def lost_answers(scene, place, proxy, mode):
    """A commit takes effect, its answer is lost, and the server is killed before it learns of it."""
    before = len(place.ids())
    proxy.set(mode)
    wait(NOTICED_SECONDS_MAX, f"a batch more in {place.name}", lambda: len(place.ids()) > before)
    scene.server.kill()
    proxy.set("pass")
    scene.server.start(scene.rooms)
    scene.grows(place)
    scene.say("killed after a commit whose answer was lost: it goes on")


def in_s3(means):
    """S3 gates."""
    with Scene("s3 gates", means) as scene:
        settings, proxy, place = scene.bucket()
        scene.start({"archive.target": "s3"} | settings)
        for mode in ("refuse",) if means.short else ("refuse", "black_hole", "http 500", "cut 60000", "hang 60000"):
            scene.say(mode)
            outage(scene, place, lambda mode=mode: proxy.set(mode), lambda: proxy.set("pass"))
        bucket = settings["archive.s3_bucket"]
        manifests = f"/{bucket}/{settings['archive.s3_prefix']}/_manifests/"
        lost_answers(scene, place, proxy, f"lose_answer_to PUT {manifests}")
        scene.drain(place)
        scene.verified()


def in_postgres(means):
    """A PostgreSQL of its own gates, and crashes."""
    with Scene("postgres gates", means) as scene:
        own = scene.own("postgres")
        place = scene.database(own.exports["TEST_LIAP_POSTGRES"])
        proxy = scene.proxy(place.url)
        scene.start({"archive.target": "postgres", "archive.postgres": proxy.url})
        outage(scene, place, lambda: own.run("down"), lambda: own.run("up"))
        if not means.short:
            for mode in ("black_hole", "cut 5000", "hang 20000"):
                scene.say(mode)
                outage(scene, place, lambda mode=mode: proxy.set(mode), lambda: proxy.set("pass"))
        lost_answers(scene, place, proxy, "lose_answer_to COMMIT")
        scene.drain(place)


def in_a_full_database(means):
    """PostgreSQL gates, and the disk of its tablespace gets full."""
    with Scene("postgres is full", means) as scene:
        own = scene.own("postgres")
        url, small = own.exports["TEST_LIAP_POSTGRES"], own.exports["TEST_LIAP_POSTGRES_SMALL"]
        if not small:
            scene.say("NOT RUN: nothing may be mounted here")
            return
        Database(url).ask(f"create tablespace small location '{small}'")
        place = scene.database(url)
        place.ask(f"alter database {place.url.rsplit('/', 1)[1]} set default_tablespace = small")
        place.ask("create table public.filler (x text)")
        scene.start({"archive.target": "postgres", "archive.postgres": place.url})

        def fill():
            for rows in (500, 20, 1):
                more = f"insert into public.filler select repeat(md5(n::text), 30) from generate_series(1, {rows}) as n"
                while place.ask(more, check=False) is not None:
                    pass

        def heal():
            scene.enlarge(small)
            place.ask("drop table public.filler")

        outage(scene, place, fill, heal)
        scene.drain(place)


def in_a_full_folder(means):
    """A folder gates, and its disk gets full."""
    with Scene("folder is full", means) as scene:
        disk = scene.small_disk()
        if not disk:
            scene.say("NOT RUN: nothing may be mounted here")
            return
        place = places.folder(disk / "archive")
        ballast = disk / "ballast"
        scene.start({"archive.folder": str(disk / "archive")})

        def fill():
            # Block by block, or the last free kilobytes would be left.
            with ballast.open("wb", buffering=0) as file:
                try:
                    while file.write(bytes(4096)):
                        pass
                except OSError:
                    return

        def heal():
            scene.enlarge(disk)
            ballast.unlink()

        outage(scene, place, fill, heal)
        scene.drain(place)
        scene.verified()
