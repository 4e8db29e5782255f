"""Checks the examples of docs/protocol.md: JSON and MessagePack must say the same, in shapes as documented."""

import json
import re
import unittest
from pathlib import Path

import liap_shapes as shapes
import msgpack

PROTOCOL = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"
EXAMPLE = re.compile(r"### ([^\n]+)\n(?:(?!###).)*?```json\n(.*?)```\n+```hex\n(.*?)```", re.DOTALL)


class Examples(unittest.TestCase):
    def setUp(self):
        found = EXAMPLE.findall(PROTOCOL.read_text(encoding="utf-8"))
        self.examples = [(title, json.loads(text), bytes.fromhex(digits)) for title, text, digits in found]
        self.assertGreaterEqual(len(self.examples), 5)

    def test_both_encodings_of_an_example_say_the_same(self):
        for title, message, packed in self.examples:
            with self.subTest(title):
                self.assertEqual(msgpack.unpackb(packed), message)
                self.assertEqual(msgpack.packb(message), packed, "numbers in their shortest form, fields in this order")

    def test_what_the_server_says_has_the_documented_shape(self):
        shapes_seen = set()
        for title, message, _ in self.examples:
            with self.subTest(title):
                shapes.scan_secrets(message)
                if message["type"] in ("ok", "error"):
                    shapes.check_answer(message)
                elif "id" not in message:
                    shapes.check_push(message)
                shapes_seen.add(message["type"])
        self.assertLessEqual({"ok", "error", "update", "snapshot"}, shapes_seen)


if __name__ == "__main__":
    unittest.main()
