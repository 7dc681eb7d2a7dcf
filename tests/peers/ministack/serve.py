"""MiniStack as it is, and two things more: on SIGUSR1 it dies as a data centre without power would, and its secrets are rotated.

By itself MiniStack keeps its state on a graceful shutdown only. Here the stores are kept as they are at that moment, and
everything else (requests under way, executions, Lambda workers: the whole process group) is killed with SIGKILL. No answer
leaves after the moment that is kept, so nothing that was acknowledged is lost, as with the real DynamoDB, S3 and SQS.

Its `RotateSecret` moves the label by itself and calls no function, and it knows no `CancelRotateSecret`: see rotation.py.
"""

import os
import signal
import sys
import threading

import rotation
from ministack import app
from ministack.core.persistence import save_state


def crash(*_):
    # Answers are sent by this thread; that no other one runs either makes the copies one moment.
    sys.setswitchinterval(1000)
    states = {name: read() for name, read in app._build_persistence_save_dict().items()}
    for name, state in states.items():
        if state is not None:
            save_state(name, state)
    os.killpg(0, signal.SIGKILL)


def end_with_parent():
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, crash)
    rotation.install()
    threading.Thread(target=end_with_parent, daemon=True).start()
    app.main()
