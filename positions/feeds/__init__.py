"""What programs read about the rounds: Atom, iCalendar, JSON, structured data, the site map."""
