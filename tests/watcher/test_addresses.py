"""Every form in which people paste a webhook's address, and what only looks like one."""

from __future__ import annotations

import pytest

from watcher.rules.addresses import NotAWebhook, parse

ID = "223704706495545344"
TOKEN = "3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2f777c372ba2939e72279b945_-"[:68]
PATH = f"/api/webhooks/{ID}/{TOKEN}"
THREAD = "223704706495545399"


@pytest.mark.parametrize(
    "pasted",
    [
        f"https://discord.com{PATH}",
        f"https://discordapp.com{PATH}",
        f"https://www.discord.com{PATH}",
        f"https://ptb.discord.com{PATH}",
        f"https://canary.discord.com{PATH}",
        f"https://ptb.discordapp.com{PATH}",
        f"https://canary.discordapp.com{PATH}",
        f"https://discord.com/api/v6/webhooks/{ID}/{TOKEN}",
        f"https://discord.com/api/v10/webhooks/{ID}/{TOKEN}",
        f"https://discord.com{PATH}/",
        f"https://discord.com{PATH}/slack",
        f"https://discord.com{PATH}/github",
        f"https://discord.com{PATH}?wait=true",
        f"https://discord.com{PATH}#top",
        f"https://discord.com:443{PATH}",
        f"https://DISCORD.com{PATH}",
        f"HTTPS://discord.com{PATH}",
        f"http://discord.com{PATH}",
        f"discord.com{PATH}",
        f"  <https://discord.com{PATH}> \n",
        f'"https://discord.com{PATH}",',
        f"`https://discord.com{PATH}`",
        f"(https://discord.com{PATH})",
    ],
)
def test_every_real_form_is_the_same_webhook(pasted: str) -> None:
    address = parse(pasted)
    assert (address.webhook_id, address.thread_id) == (ID, "")
    assert address.token.get_secret_value() == TOKEN


def test_an_address_may_name_a_thread() -> None:
    assert parse(f"https://discord.com{PATH}?wait=true&thread_id={THREAD}").thread_id == THREAD


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "   ",
        "hello",
        "https://",
        "https://[::1",
        "https://discord.com:port/",
        f"https://evil.example{PATH}",
        f"https://discord.com.evil.example{PATH}",
        f"https://evil-discord.com{PATH}",
        f"https://evildiscord.com{PATH}",
        f"https://sub.discord.com{PATH}",
        f"https://discord.co{PATH}",
        f"https://discord.com@evil.example{PATH}",
        f"https://evil.example@discord.com{PATH}",
        f"https://evil.example#@discord.com{PATH}",
        f"https://evil.example\\@discord.com{PATH}",
        f"https:\\\\discord.com{PATH}",
        f"https://evil.example/https://discord.com{PATH}",
        f"https://evil.example?u=https://discord.com{PATH}",
        f"https://discord.com:8443{PATH}",
        f"https://127.0.0.1{PATH}",
        f"https://[::1]{PATH}",
        f"https://0x7f000001{PATH}",
        f"//evil.example{PATH}",
        f"ftp://discord.com{PATH}",
        f"file:///etc/passwd{PATH}",
        f"javascript:alert(1)//discord.com{PATH}",
        f"https://discord.com/api/webhooks/{ID}",
        f"https://discord.com/api/webhooks/{ID}/",
        f"https://discord.com/api/webhooks/{ID}/{TOKEN[:30]}",
        f"https://discord.com/api/webhooks/{ID}/{TOKEN}/messages/1",
        f"https://discord.com/api/webhooks/{ID}/../../users/@me/{TOKEN}",
        f"https://discord.com/api/webhooks/{ID}/{TOKEN[:-3]}%2F%2E",
        f"https://discord.com/api/webhooks/x/{TOKEN}",
        f"https://discord.com/api/webhooks/{ID}x/{TOKEN}",
        f"https://discord.com/api/vx/webhooks/{ID}/{TOKEN}",
        f"https://discord.com//api/webhooks/{ID}/{TOKEN}",
        f"https://discord.com/webhooks/{ID}/{TOKEN}",
        f"https://discord.com/channels/{ID}/{ID}",
        f"https://discord.com{PATH}?thread_id=../1",
        f"https://discord.com{PATH}\0",
        f"https://disc\u043erd.com{PATH}",
        f"https://discord.com{PATH[:-1]}\u0661",
        f"https://discord.com{PATH} https://discord.com{PATH}",
        f"https://discord.com{PATH}\nHost: evil.example",
        f"https://discord.com{PATH}?{'x' * 600}",
    ],
)
def test_what_only_looks_like_one_is_refused(pasted: str) -> None:
    with pytest.raises(NotAWebhook) as refused:
        parse(pasted)
    assert TOKEN not in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("pasted", "hint"),
    [
        ("https://discord.com/channels/1/2", "address of a channel"),
        (f"https://discord.com/api/webhooks/{ID}/abc", "not complete"),
        ("https://example.com/", "Discord's"),
    ],
)
def test_a_near_miss_is_told_what_helps(pasted: str, hint: str) -> None:
    with pytest.raises(NotAWebhook, match=hint):
        parse(pasted)


def test_the_token_does_not_show_itself() -> None:
    assert TOKEN not in repr(parse(f"https://discord.com{PATH}"))
