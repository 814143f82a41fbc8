"""What light edges have used and made, reckoned a second time from what docs/reference/profiles.md says."""
