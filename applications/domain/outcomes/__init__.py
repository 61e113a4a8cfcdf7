"""Results, their release, replies to them, seats and alternates."""
