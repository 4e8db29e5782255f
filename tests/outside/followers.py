"""The archive in a folder, followed by S3 and by PostgreSQL, each of which fails in every way."""

import re

import places
from scene import HEALED_SECONDS_MAX, NOTICED_SECONDS_MAX, Scene
from server import Wrong, wait

AWAY = {
    "cut half-way, and silent": ("cut 60000", "black_hole"),
    "overloaded, and cut half-way": ("http 503", "cut 5000"),
    "silent, and hanging half-way": ("black_hole", "hang 20000"),
    "forbidden, and cut late": ("http 403", "cut 20000"),
    "refused": ("refuse", "refuse"),
}
"""What S3 and PostgreSQL do; both are away at once."""
OF_THE_SHORT_FORM = "cut half-way, and silent"


def behind(line):
    """How many batches, as a line of `degraded` says."""
    return int(re.search(r"(\d+) batches behind", line)[1])


class Followers(Scene):
    """Its server, the two proxies and the three places."""

    def __init__(self, means):
        super().__init__("followers", means)
        in_s3, self.before_s3, self.s3 = self.bucket()
        self.database = self.database(means.postgres)
        self.before_postgres = self.proxy(self.database.url)
        in_postgres = self.before_postgres.url
        self.in_s3 = in_s3
        self.folder = places.folder(self.work / "server" / "data" / "archive")
        followers = {"archive.followers": ["s3", "postgres"], "archive.postgres": in_postgres}
        self.start(followers | in_s3)

    def set(self, of_s3, of_postgres):
        """What both do from now on."""
        self.before_s3.set(of_s3)
        self.before_postgres.set(of_postgres)

    def catch_up(self):
        """Waits until both have what the folder has now."""
        now = self.folder.ids()
        self.is_in(self.s3, now)
        self.is_in(self.database, now)

    def are_away(self, how, modes):
        """Both are away: that is said, games go on, the folder grows; afterwards they catch up."""
        self.set(*modes)
        names = ("s3", "postgres")
        ahead = {name: behind(self.noticed(name, "does not answer")) + 2 for name in names}

        # How far, not only that: while the folder grows, so does what is said.
        def said():
            lines = [self.server.says(name) for name in names]
            return all(line and behind(line) >= ahead[name] for name, line in zip(names, lines, strict=True)) and lines

        lines = wait(NOTICED_SECONDS_MAX, f"how far they are behind gets to {ahead}", said)
        self.grows(self.folder)
        self.set("pass", "pass")
        self.healed()
        self.catch_up()
        self.say(f"{how}: degraded said {lines}; healed, caught up")

    def answer_after_commit(self):
        """Each commit takes effect and its answer is lost: nothing comes twice for it, nothing stands still."""
        bucket = self.in_s3["archive.s3_bucket"]
        self.set(f"lose_answer_to PUT /{bucket}/archive/_manifests/", "lose_answer_to COMMIT")
        before = len(self.folder.ids())
        wait(HEALED_SECONDS_MAX, "6 matches more", lambda: len(self.folder.ids()) >= before + 6)
        self.catch_up()
        self.set("pass", "pass")
        self.healed()
        self.say("answers to commits were lost: both have all the same")


def followers(means):
    """The whole scene."""
    with Followers(means) as scene:
        scene.grows(scene.folder)
        scene.catch_up()
        if scene.server.degraded():
            raise Wrong(f"degraded before anything failed: {scene.server.degraded()}")
        scene.say("all three have the first matches")
        scene.answer_after_commit()
        for how in [OF_THE_SHORT_FORM] if means.short else AWAY:
            scene.are_away(how, AWAY[how])
        scene.set("black_hole", "black_hole")
        scene.grows(scene.folder)
        scene.server.stop()
        scene.say("stopped while both were silent")
        scene.set("pass", "pass")
        scene.server.start(scene.rooms)
        scene.drain(scene.folder, (scene.s3, scene.database))
        scene.verified()
        scene.verified({"archive.target": "s3", "archive.followers": ""})
