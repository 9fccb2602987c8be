class TrainerError(Exception):
    """A failure that a person can act on; the message is one sentence that says what to do. Anything else is a defect."""
