"""What waits for one client stays bounded and in order."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from pushes.socket import BEATS, TOO_SLOW, WINDOW, Message, NewestSocket, Socket, text_message

SNAPSHOT = text_message("snapshot")


async def sent(socket: Socket) -> list[Any]:
    """Close the socket politely and return all that it sent, the texts and the close code."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    writing = asyncio.create_task(socket.write(send))
    while socket._queue.qsize():
        await asyncio.sleep(0)
    socket.close(1000)
    await writing
    return [message.get("text", message.get("code")) for message in messages]


async def test_what_comes_while_a_snapshot_is_read_is_sent_after_it() -> None:
    socket = Socket()
    socket.offer(text_message("early"))
    socket.release(SNAPSHOT)
    socket.offer(text_message("late"))
    assert await sent(socket) == ["snapshot", "early", "late", 1000]


async def test_a_client_that_sees_nothing_is_sent_no_more_than_the_window() -> None:
    socket = Socket()
    socket.release(SNAPSHOT)
    for number in range(WINDOW + 100):
        socket.offer(text_message(str(number)))
    assert socket.is_behind
    assert len(await sent(socket)) == WINDOW + 2


async def test_a_client_that_caught_up_gets_a_snapshot_and_goes_on() -> None:
    socket = Socket()
    socket.release(SNAPSHOT)
    for number in range(WINDOW + 1):
        socket.offer(text_message(str(number)))
    socket.hold()
    socket.release(text_message("again"))
    socket.offer(text_message("next"))
    assert (await sent(socket))[-3:] == ["again", "next", 1000]


async def test_what_a_client_says_it_has_seen_counts_no_more() -> None:
    socket = Socket()
    socket.release(SNAPSHOT)
    for number in range(3 * WINDOW):
        socket.offer(text_message(str(number)))
        if number % 100 == 0:
            socket.seen()
    assert not socket.is_behind


async def test_a_client_that_answers_no_beat_is_closed() -> None:
    socket = Socket()
    socket.release(SNAPSHOT)
    for _ in range(BEATS + 1):
        socket.beat(text_message("beat"))
    assert socket.is_closed
    assert await sent(socket) == [TOO_SLOW]


async def test_the_beat_of_several_groups_is_one_to_answer() -> None:
    socket = Socket()
    socket.release(SNAPSHOT)
    for _ in range(BEATS):
        socket.beat(text_message("cues"), text_message("board"))
    assert await sent(socket) == ["snapshot", *["cues", "board"] * BEATS, 1000]


async def test_nothing_is_sent_after_the_close() -> None:
    socket = Socket()
    socket.release(SNAPSHOT)
    socket.close(4403)
    socket.offer(text_message("secret"))
    socket.close(1000)
    assert await sent(socket) == [4403]


def said(seq: int, kind: str = "delta") -> Message:
    return text_message(json.dumps({"type": kind, "seq": seq}))


async def test_an_older_message_never_follows_a_newer_one() -> None:
    socket = NewestSocket()
    socket.offer(said(3))
    socket.offer(said(5))
    socket.release(said(4, "snapshot"))
    for seq in (7, 6, 7, 8):
        socket.offer(said(seq))
    told = [json.loads(text)["seq"] for text in (await sent(socket))[:-1]]
    assert told == [4, 5, 7, 7, 8]


async def test_a_beat_is_always_sent() -> None:
    socket = NewestSocket()
    socket.release(said(4, "snapshot"))
    socket.beat(said(3, "beat"))
    assert len(await sent(socket)) == 3
