"""The page: what ``verify`` sees of a fleet, served on loopback and kept up to date in the browser."""
