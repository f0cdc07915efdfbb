"""For the tests of a voice application: the pytest fixture `voice_call`, and what a placed call tells."""
