"""What is seen of a report: pictures, a page, files."""
