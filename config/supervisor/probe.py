"""Are the processes there? Asked over the same ports that everyone uses."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from urllib.parse import urlsplit

from config.supervisor.plan import Plan

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


def rehearsal_listens(plan: Plan) -> bool:
    """Tell whether the rehearsal server takes connections."""
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", plan.rehearsal_port), timeout=1).close()
        return True
    return False


def what_is_missing(plan: Plan) -> str:
    """Return what `/health/ready` finds wanting, in words; empty when it finds nothing."""
    host = EVERYWHERE.get(plan.host, plan.host)
    connection = http.client.HTTPConnection(host, plan.port, timeout=5)
    headers = {"Host": urlsplit(plan.public_url).netloc}
    try:
        connection.request("GET", "/health/ready", headers=headers)
        answer = connection.getresponse()
        if answer.status == http.client.OK:
            return ""
        checks = json.loads(answer.read())["checks"]
    except (OSError, http.client.HTTPException):
        return "the web process does not answer"
    except (ValueError, LookupError, TypeError):
        return f"the web process answers {answer.status}"
    finally:
        connection.close()
    failing = {name: check for name, check in checks.items() if not check["ok"]}
    required = {name: check for name, check in failing.items() if check["required"]}
    return ", ".join(f"{name} ({check['detail']})" for name, check in (required or failing).items())
