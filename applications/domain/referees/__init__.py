"""Letters of reference: naming referees, asking them, their letters, the clock of both."""
