"""The platform's side of a call: webhooks asked and told, the NCCO checked, the socket opened, audio played out."""
