"""Text and links."""
