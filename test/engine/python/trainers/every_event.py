"""Tells one of each event, with what JSON and UTF-8 can get wrong in them."""

from nasaq_trainer.run_trainer import run_trainer


def train(job, events, stop):
    events.progress(1, 3, "steps")
    events.metric(1, {"loss": 0.25, "learningRate": 1e-05})
    events.log("سطر أول\nسطر ثان " + "ط" * 100_000)
    events.checkpoint(1)
    print("plain output")
    return {"seed": job.seed, "settings": job.settings, "text": "نَصّ"}


run_trainer(train, memory_params=["batchSize"])
