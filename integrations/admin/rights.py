"""What one may do about events, pushes and connections, beyond changing rows."""

REPLAY, PUSH = "integrations.replay_inboundevent", "integrations.push_outboundsync"
SECRETS = "integrations.change_secrets"
