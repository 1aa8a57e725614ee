"""Bremen to try out: real offices, made-up passwords, everything on one machine."""
