"""Sends a task as Celery's own client does, to a queue that no worker serves."""

import os

from celery import Celery

app = Celery(broker=os.environ["CELERY_BROKER_URL"])
options = {"queue": "probe", "priority": 4, "expires": 60, "time_limit": 9, "soft_time_limit": 8}
options["ignore_result"] = False  # as a task's own apply_async has it
app.send_task("throng.sleep", args=[1, "two"], kwargs={"three": [3]}, **options)
