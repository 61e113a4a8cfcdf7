"""What arrived after the end: kept sealed, let in by a grant or by an extension."""
