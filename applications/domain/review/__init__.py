"""The desk: what waits, who judges what, triage, scores, interviews, openings, exports."""
