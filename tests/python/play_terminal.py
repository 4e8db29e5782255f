"""Plays a whole match with `liap play` through a pipe, as a person would type, and checks the deal it says can be checked.

Prints `N passed, N failed` and exits 0 only if nothing failed.
"""

import argparse
import re
import shlex
import subprocess
import sys
import threading

PATIENCE_SECONDS = 120


def answer(line, held):
    """What to type when the program has said `line`; None where it asks nothing."""
    if "Type a number." in line:
        allowed = re.search(r"capture: ([\d ]+)\.", line).group(1).split()
        return allowed[min(1, len(allowed) - 1)]
    if "Type yes or no" in line:
        return "yes"
    if "You lead" in line and "type numbers" in line:
        return "1"
    if follow := re.search(r"Play (\d) piece", line):
        return " ".join(str(held - at) for at in range(int(follow.group(1))))
    if line.startswith("Type rematch"):
        return "quit"
    return None


def play(liap, url, extra):
    """The lines of one match, and how the program ended."""
    command = [liap, "play", "--url", url, "--pace", "instant", "--name", "Terminal", *extra]
    program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    watchdog = threading.Timer(PATIENCE_SECONDS, program.kill)
    watchdog.start()
    lines, held = [], 0
    for line in program.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("Your hand:"):
            held = line.count("[")
        if (typed := answer(line, held)) is not None:
            lines.append("> " + typed)
            program.stdin.write(typed + "\n")
            program.stdin.flush()
    code = program.wait()
    watchdog.cancel()
    return lines, code


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--liap", required=True)
    parser.add_argument("--url", required=True)
    args = parser.parse_args()
    passed = failed = 0
    for extra in ([], ["--json"]):
        lines, code = play(args.liap, args.url, extra)
        verify = next((line.strip() for line in lines if "liap verify-deal" in line), "")
        verify = verify[verify.find("liap verify-deal") :]
        checks = {"it ends with 0": code == 0, "it says how to check the deal": bool(verify)}
        if verify:
            done = subprocess.run([args.liap, *shlex.split(verify)[1:]], capture_output=True, text=True)
            checks[f"the deal is as announced: {verify}"] = done.returncode == 0
        for what, right in checks.items():
            passed, failed = passed + right, failed + (not right)
            if not right:
                print(f"FAILED: {what} (liap play {' '.join(extra)})", *lines[-40:], sep="\n  ")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
