"""The conformance kit: named rules, each of which an application passes or fails."""
