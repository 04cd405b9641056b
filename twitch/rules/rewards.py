"""What is wrong with a reward."""

from __future__ import annotations


def reward_problem(
    *,
    has_action: bool,
    is_known_action: bool,
    made_by_us: bool,
    skips_queue: bool,
    is_deleted: bool,
    is_enabled: bool,
    is_paused: bool,
) -> str:
    """Return what keeps a reward from doing its part, the worst first; "" when all is well.

    A reward without an action has no part, and so no problem.
    """
    findings = [
        (is_deleted, "It was deleted on Twitch."),
        (not is_known_action, "Nothing knows its action."),
        (not made_by_us, "It cannot be refunded: made elsewhere."),
        (skips_queue, "It skips the request queue on Twitch: redemptions cannot be refunded."),
        (not is_enabled, "It is switched off on Twitch."),
        (is_paused, "It is paused on Twitch."),
    ]
    return next((problem for found, problem in findings if has_action and found), "")
