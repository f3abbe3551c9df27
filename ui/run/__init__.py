"""What plays: the session, its ticks, how much it may, and how it goes on after a divergence."""
