"""Tasks for the bundled scenario finance/celery, and for throng's own tests.

    pip install "celery[redis]"
    CELERY_BROKER_URL=redis://localhost:6379/0 celery --app tasks worker

throng.celery tells how long tasks waited and ran because of `task_track_started`.
"""

import os
import time

from celery import Celery

app = Celery("tasks", broker=os.environ["CELERY_BROKER_URL"], backend=os.environ["CELERY_BROKER_URL"])
app.conf.update(
    task_track_started=True,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=1000,
    broker_connection_retry_on_startup=True,
)

turns = 0


@app.task(name="throng.sleep")
def sleep(seconds):
    """Takes a while."""
    time.sleep(seconds)
    return seconds


@app.task(name="throng.fail")
def fail(message):
    """Fails."""
    raise ValueError(message)


@app.task(name="throng.retry", bind=True, max_retries=10)
def retry(self, times):
    """Is tried again so many times before it succeeds."""
    if self.request.retries < times:
        # Without a pause the next attempt may be over before Celery has stored that there will be one.
        raise self.retry(countdown=0.1)
    return self.request.retries


@app.task(name="throng.turn")
def turn():
    """Tells how many of its kind this process has run."""
    global turns
    turns += 1
    return turns


@app.task(name="throng.silent", ignore_result=True)
def silent():
    """Says nothing of its end."""
