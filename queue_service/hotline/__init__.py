"""The public hotline 115: people found by name or telephone, callbacks, the authorities' greetings."""
