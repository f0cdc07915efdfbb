"""What a run tells: progress while it goes on, figures and files in the end."""
