"""The platform's side of a call: webhooks requested, the NCCO checked, the socket opened, audio played out."""
