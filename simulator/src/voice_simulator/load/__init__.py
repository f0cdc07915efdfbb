"""The search for the number of calls that an application carries: lean calls in several processes, step by step."""
