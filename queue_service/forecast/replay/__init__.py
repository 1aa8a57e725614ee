"""Past days replayed: what each rule would have told each visitor, and what then happened."""
