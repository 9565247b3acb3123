"""The Celery application: how work travels through a broker. What is to be done stands in the rows.

A message is a hint: a kind of work and a row's number. One that is lost, repeated or late costs time only,
because every worker claims the row before it does anything, and what nobody claims is offered again.
"""

from __future__ import annotations

import hashlib
import hmac

from newsbell.config import Settings
from newsbell.errors import SettingsError
from newsbell.services.media import media_key
from newsbell.storage.database import Database

try:
    from celery import Celery
    from kombu import Exchange, Queue
except ModuleNotFoundError as error:
    raise SettingsError(
        "A broker needs Celery: pip install 'celery[redis]'.", field="NEWSBELL_BROKER_URL"
    ) from error

__all__ = ["PLAN", "SEND", "WORK", "celery_app", "queue_name", "queue_of"]

PLAN = "newsbell.plan"
"""Plan the alert of this number."""
SEND = "newsbell.send"
"""Send the batch of this number."""
WORK = "newsbell.work"
"""Do whatever is due next."""

SECONDS_TO_CONNECT = 4.0
_SECONDS_TO_ANSWER = 5.0
"""A broker that hangs and ends no connection is away. A worker that ends takes its leave of it in up to five
questions. A consumer that is idle waits for messages outside of any read.
"""


def queue_name(db: Database) -> str:
    """The queue of this store: two stores may share a broker and never see each other's work."""
    digest = hmac.new(media_key(db), b"the queue of this store", hashlib.sha256).hexdigest()
    return f"newsbell.{digest[:16]}"


def queue_of(name: str) -> Queue:
    """A quorum queue: on several RabbitMQ nodes it outlives the loss of one. Redis ignores the argument."""
    return Queue(
        name, Exchange(""), routing_key=name, durable=True, queue_arguments={"x-queue-type": "quorum"}
    )


def celery_app(settings: Settings, queue: str) -> Celery:
    """An application over the broker of the settings, with one queue and no results. It connects to nothing
    before it is used.
    """
    app = Celery("newsbell", broker=settings.broker_url, set_as_current=False)
    app.conf.update(
        task_queues=[queue_of(queue)],
        task_default_queue=queue,
        task_default_queue_type="quorum",
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        # Acknowledged when it is done: the message of a worker that died goes to another one.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        # One message at a time and none ahead, so that no worker sits on what another could do.
        worker_prefetch_multiplier=1,
        worker_concurrency=1,
        worker_pool="solo",
        worker_consumer="newsbell.jobs.celery_worker:RowsConsumer",
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_timeout=SECONDS_TO_CONNECT,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A Redis that is full, or cannot save, refuses what a consumer writes. That ends no worker.
        broker_channel_error_retry=True,
        # A batch may take minutes, in which nobody would answer: TCP's own keepalive watches the connection.
        broker_heartbeat=0,
        broker_transport_options=_transport_options(settings.broker_url),
    )
    return app


def _transport_options(broker_url: str) -> dict[str, object]:
    if broker_url.startswith("redis"):
        return {
            "socket_timeout": _SECONDS_TO_ANSWER,
            "socket_connect_timeout": SECONDS_TO_CONNECT,
            "socket_keepalive": True,
        }
    # Over TLS these two do nothing, but py-amqp leaves the seconds to connect in force.
    return {
        "confirm_publish": True,
        "read_timeout": _SECONDS_TO_ANSWER,
        "write_timeout": _SECONDS_TO_ANSWER,
    }
