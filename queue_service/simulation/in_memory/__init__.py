"""Many days by the pure rules alone, without a service or a database: how policies compare."""
