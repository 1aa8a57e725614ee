"""How long somebody waits: a simulation of the hall as it stands, and a range that holds what it says."""
