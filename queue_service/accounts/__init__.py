"""Staff users, their sessions and roles, and what every route asks of its caller."""
