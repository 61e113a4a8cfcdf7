"""Documents of applicants: which are asked for, which files are taken, and who opens them."""
