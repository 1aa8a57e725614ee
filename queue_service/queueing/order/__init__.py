"""Who is called next: one pure module for each policy, all with the same two functions' shape."""
