"""Writes test/engine/measure/categoryModel, a text classifier with four labels that says which of a few words a text has.

    python test/engine/measure/makeCategoryModel.py test/engine/measure/categoryModel

Label j has the logit 4 where the text has word j, and -4 otherwise. Needs `onnx` and `tokenizers`.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

LABELS = ["harassment", "hate", "sexual content", "violence"]
WORDS = ["غبي", "كراهية", "جنس", "قتل"]
POSITIONS = 8

folder = Path(sys.argv[1])
tokenizer = Tokenizer(
    models.WordPiece({token: at for at, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}, unk_token="[UNK]")
)
tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
tokenizer.save(str(folder / "tokenizer.json"))
(folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 1e30}) + "\n")
config = {
    "architectures": ["BertForSequenceClassification"],
    "problem_type": "multi_label_classification",
    "id2label": {str(at): label for at, label in enumerate(LABELS)},
    "max_position_embeddings": POSITIONS,
    "pad_token_id": 0,
}
(folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")

words = numpy_helper.from_array(np.arange(4, 8, dtype=np.int64).reshape(1, 1, 4), "words")
graph = helper.make_graph(
    [
        # The mask is used so that padding would show if it were wrong.
        helper.make_node("Mul", ["input_ids", "attention_mask"], ["seen"]),
        helper.make_node("Unsqueeze", ["seen", "last"], ["columns"]),
        helper.make_node("Equal", ["columns", "words"], ["hits"]),
        helper.make_node("Cast", ["hits"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMax", ["numbers", "second"], ["found"], keepdims=0),
        helper.make_node("Mul", ["found", "eight"], ["scaled"]),
        helper.make_node("Sub", ["scaled", "four"], ["logits"]),
    ],
    "categories",
    [helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", "tokens"]) for name in ("input_ids", "attention_mask")],
    [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["rows", len(LABELS)])],
    [
        words,
        numpy_helper.from_array(np.array([2], dtype=np.int64), "last"),
        numpy_helper.from_array(np.array([1], dtype=np.int64), "second"),
        numpy_helper.from_array(np.array(8, dtype=np.float32), "eight"),
        numpy_helper.from_array(np.array(4, dtype=np.float32), "four"),
    ],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
onnx.checker.check_model(model)
onnx.save(model, folder / "onnx" / "model.onnx")
