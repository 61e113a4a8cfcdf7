"""What staff see of the portal itself: is every part well, and what came around a closing."""
