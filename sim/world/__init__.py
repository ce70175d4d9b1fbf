"""World files (data) and the frozen arrays into which they are read."""
