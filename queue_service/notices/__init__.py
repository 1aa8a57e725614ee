"""What visitors are told about their appointments, on paper and by wire: one outbox, one adapter a way."""
