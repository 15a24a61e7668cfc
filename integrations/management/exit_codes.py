"""The exit codes of the commands."""

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130
