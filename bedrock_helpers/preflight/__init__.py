"""What :func:`bedrock_helpers.doctor` tries before a course, one thing a file."""
