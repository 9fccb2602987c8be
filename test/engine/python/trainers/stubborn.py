"""Has a child process, and neither of them listens to SIGTERM or to a wish to stop."""

import signal
import subprocess
import sys
import time

from nasaq_trainer.run_trainer import run_trainer

CHILD = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('child', flush=True); time.sleep(600)"


def train(job, events, stop):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE)
    child.stdout.readline()
    events.log(f"child {child.pid}")
    if job.settings["ends"]:
        return {}
    while True:
        time.sleep(60)


run_trainer(train, memory_params=[])
