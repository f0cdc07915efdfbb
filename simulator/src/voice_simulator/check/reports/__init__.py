"""What a check found, for a person, for machines, and as files."""
