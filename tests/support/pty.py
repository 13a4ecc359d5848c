"""Plays a program in a terminal of its own, for tests/screen.rs.

    pty.py COLUMNS LINES PROGRAM ARGUMENT...

What the program writes to its terminal comes out on standard output as it is. Lines of JSON on standard input are what
is done to the terminal: {"keys": "q"} presses keys, {"size": [80, 24]} resizes it. When the program has ended, one line
of JSON on standard error tells its exit status and whether the terminal echoes and waits for whole lines again.
"""

import fcntl
import json
import os
import select
import signal
import struct
import sys
import termios


def resize(terminal, columns, lines):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def main():
    columns, lines, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    ours, theirs = os.openpty()
    resize(ours, columns, lines)
    child = os.fork()
    if child == 0:
        os.setsid()
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)
        for stream in range(3):
            os.dup2(theirs, stream)
        os.closerange(3, 256)
        os.execvp(command[0], command)
    asked, ended = b"", None
    watched = [ours, 0]
    while True:
        ready, _, _ = select.select(watched, [], [], 0.05)
        if ours in ready:
            os.write(1, os.read(ours, 65536))
        if 0 in ready:
            more = os.read(0, 65536)
            if not more:
                watched.remove(0)
            asked += more
            while b"\n" in asked:
                line, asked = asked.split(b"\n", 1)
                wish = json.loads(line)
                if "keys" in wish:
                    os.write(ours, wish["keys"].encode())
                if "size" in wish:
                    resize(ours, *wish["size"])
                if "signal" in wish:
                    os.kill(child, getattr(signal, wish["signal"]))
        if ended is None:
            pid, status = os.waitpid(child, os.WNOHANG)
            ended = os.waitstatus_to_exitcode(status) if pid else None
        elif not ready:
            break
    modes = termios.tcgetattr(theirs)[3]
    told = {"status": ended, "echo": bool(modes & termios.ECHO), "whole_lines": bool(modes & termios.ICANON)}
    print(json.dumps(told), file=sys.stderr)


main()
