"""The person at the phone: what is said and pressed, and what is heard."""
