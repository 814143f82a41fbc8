"""What light edges would have lived through: powers, energies and charges over years, in arrays. Pure."""
