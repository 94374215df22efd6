"""Makes a network smaller and keeps it accurate: prunes, distils, quantizes, fits."""
