"""Days staffed otherwise than planned, and new places for whoever loses theirs."""
