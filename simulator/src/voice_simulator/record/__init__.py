"""What happened in one call: typed events in their order, and what became of each frame; each fact once."""
