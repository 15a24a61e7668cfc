"""What a call's record says once FlexSync has looked whether a call without an answer was done."""


def what_was_found(is_done: bool, *, had_key: bool) -> str:
    """The text for an operator; ``had_key``: whether the provider knew the call by a key."""
    lost = "The answer was lost"
    if had_key:
        lost += ", and the provider has forgotten the key by now"
    done = "done" if is_done else "not done, so it was made again"
    return f"{lost}. FlexSync looked at the provider: the call was {done}."
