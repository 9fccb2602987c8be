from pathlib import Path

import pytest
import torch
from nasaq_trainer.checkpoint import read_checkpoint, write_checkpoint


class Unwritable:
    def __reduce__(self) -> tuple:
        raise OSError(28, "No space left on device")


def test_a_checkpoint_comes_back_bit_for_bit(tmp_path: Path) -> None:
    state = {"step": 3, "weights": {"w": torch.randn(4, 5)}, "chance": torch.get_rng_state(), "losses": [[1, 0.1], [2, 0.2]]}
    write_checkpoint(tmp_path, state)
    back = read_checkpoint(tmp_path)
    assert back["step"] == 3 and back["losses"] == state["losses"]
    assert torch.equal(back["weights"]["w"], state["weights"]["w"]) and torch.equal(back["chance"], state["chance"])


def test_a_failed_write_leaves_the_last_checkpoint_whole(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, {"step": 1})
    with pytest.raises(OSError, match="No space left"):
        write_checkpoint(tmp_path, {"step": 2, "weights": torch.zeros(1000), "broken": Unwritable()})
    assert read_checkpoint(tmp_path) == {"step": 1}


def test_without_a_checkpoint_there_is_none(tmp_path: Path) -> None:
    assert read_checkpoint(tmp_path) is None
