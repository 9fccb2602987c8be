"""The toxicity classifier's arithmetic as an ONNX graph."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 18


def classifier_graph(weights: np.ndarray, bias: float) -> onnx.ModelProto:
    """`weights` float16 [buckets], `bias` in logits.

    Inputs `ids` int64 [n], `values` float32 [n], `texts` int64 [n] (the text that each feature belongs to) and `count` int64 [1]
    (texts in the batch); output `probability` float32 [count]. Sums run in the order of the inputs, in float32.
    """
    nodes = [
        helper.make_node("Gather", ["weights", "ids"], ["half"]),
        helper.make_node("Cast", ["half"], ["weight"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["weight", "values"], ["part"]),
        helper.make_node("ConstantOfShape", ["count"], ["nothing"], value=numpy_helper.from_array(np.zeros(1, np.float32))),
        helper.make_node("ScatterElements", ["nothing", "texts", "part"], ["sum"], axis=0, reduction="add"),
        helper.make_node("Add", ["sum", "bias"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["probability"]),
    ]
    tensor = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "toxicity",
        [
            tensor("ids", TensorProto.INT64, ["features"]),
            tensor("values", TensorProto.FLOAT, ["features"]),
            tensor("texts", TensorProto.INT64, ["features"]),
            tensor("count", TensorProto.INT64, [1]),
        ],
        [tensor("probability", TensorProto.FLOAT, ["batch"])],
        [
            numpy_helper.from_array(weights.astype(np.float16), "weights"),
            numpy_helper.from_array(np.array([bias], np.float32), "bias"),
        ],
    )
    # IR 10: the newest that ONNX Runtime 1.30 and older readers in the field both take.
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10, producer_name="nasaq")
    onnx.checker.check_model(model, full_check=True)
    return model
