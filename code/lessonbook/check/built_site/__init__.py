"""Built site."""
