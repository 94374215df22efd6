"""What was found, as its users see it: records, results, angles, drawing, files."""
