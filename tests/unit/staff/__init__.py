"""People, PINs, levels."""
