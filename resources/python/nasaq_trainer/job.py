"""What a trainer is asked to do, as job.json says it."""

import dataclasses
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from .trainer_error import TrainerError

Settings = TypeVar("Settings")


@dataclass(frozen=True)
class Job:
    work_folder: Path
    """Private to the job and kept over interruptions: checkpoints live here."""
    output_folder: Path
    events_file: Path
    seed: int
    settings: dict

    def read_settings(self, kind: type[Settings]) -> Settings:
        """The settings as a dataclass: its field `batch_size` is `batchSize` in the file. Raises TrainerError for a wrong one."""
        values = {}
        for field in dataclasses.fields(kind):
            name = re.sub(r"_(.)", lambda match: match[1].upper(), field.name)
            if name not in self.settings:
                raise TrainerError(f"job.json: setting `{name}` is missing.")
            value = self.settings[name]
            if field.type is float and type(value) is int:
                value = float(value)
            if type(value) is not field.type:
                raise TrainerError(f"job.json: setting `{name}` must be a {field.type.__name__}, not {json.dumps(value)}.")
            values[field.name] = value
        return kind(**values)


def read_job(path: Path) -> Job:
    document = json.loads(path.read_text(encoding="utf-8"))
    return Job(
        work_folder=Path(document["workFolder"]),
        output_folder=Path(document["outputFolder"]),
        events_file=Path(document["eventsFile"]),
        seed=document["seed"],
        settings=document["settings"],
    )
