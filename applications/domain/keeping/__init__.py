"""What is kept, for how long, under which key; what its owner may take away or have erased."""
