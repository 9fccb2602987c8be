"""ONNX graphs of Llama-family language models, written node by node: nothing is traced, so nothing is specialised to an example.

Axes in the docstrings: B texts of a batch, S new tokens, P tokens in the cache, T = P + S, H hidden size,
N heads, K key/value heads, D head size, V vocabulary.
"""

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper

from .llama_shape import LlamaShape
from .weight_file import WeightFile

OPSET = 23  # the first with Attention, RotaryEmbedding and RMSNormalization
IR_VERSION = 10
TO_THE_END = 2**63 - 1
PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj")
FEED_FORWARD = ("gate_proj", "up_proj", "down_proj")


class GraphWriter:
    """Appends nodes to one graph; methods take and return names of tensors."""

    def __init__(self, shape: LlamaShape, weights: WeightFile) -> None:
        self.shape = shape
        self.weights = weights
        self.nodes: list[NodeProto] = []
        self.constants: dict[tuple, TensorProto] = {}
        self.used: dict[str, TensorProto] = {}
        self._as_float: dict[str, str] = {}

    def node(self, operator: str, inputs: list[str], outputs: list[str] | None = None, **attributes: object) -> str:
        """Returns the name of the first output."""
        name = f"{operator}_{len(self.nodes)}"
        outputs = outputs or [f"{name}_output"]
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=name, **attributes))
        return outputs[0]

    def constant(self, value: int | float | list[int]) -> str:
        array = np.asarray(value, dtype=np.float32 if isinstance(value, float) else np.int64)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self.constants:
            kind = TensorProto.FLOAT if array.dtype == np.float32 else TensorProto.INT64
            self.constants[key] = helper.make_tensor(f"constant_{len(self.constants)}", kind, array.shape, array.flatten().tolist())
        return self.constants[key].name

    def weight(self, name: str) -> str:
        """A stored tensor in fp32. ONNX Runtime folds the cast once, when it opens the model."""
        tensor = self.weights.initializers[name]
        self.used[name] = tensor
        if tensor.data_type == TensorProto.FLOAT:
            return name
        if name not in self._as_float:
            self._as_float[name] = self.node("Cast", [name], to=TensorProto.FLOAT)
        return self._as_float[name]

    def norm(self, x: str, weight: str) -> str:
        """Root-mean-square normalisation over the last axis (arXiv 1910.07467)."""
        return self.node("RMSNormalization", [x, self.weight(weight)], axis=-1, epsilon=self.shape.epsilon)

    def linear(self, x: str, name: str) -> str:
        product = self.node("MatMul", [x, self.weight(name)])
        bias = f"{name}.bias"
        return self.node("Add", [product, self.weight(bias)]) if bias in self.weights else product

    def attention_mask(self) -> str:
        """`attention_mask` [B, T] of 0 and 1 -> what is added to attention scores [B, 1, S, T]: 0 where a query may look, else very low.

        Very low rather than minus infinity: the rows of padding see nothing and would become NaN.
        """
        zero, one = self.constant(0), self.constant(1)
        new = self.node("Squeeze", [self.node("Shape", ["input_ids"], start=1, end=2), self.constant([0])])
        total = self.node("Squeeze", [self.node("Shape", ["attention_mask"], start=1, end=2), self.constant([0])])
        keys = self.node("Range", [zero, total, one])
        queries = self.node("Range", [self.node("Sub", [total, new]), total, one])
        not_later = self.node("LessOrEqual", [keys, self.node("Unsqueeze", [queries, self.constant([1])])])
        not_padding = self.node("Greater", [self.node("Unsqueeze", ["attention_mask", self.constant([1, 2])]), zero])
        visible = self.node("And", [not_later, not_padding])
        return self.node("Where", [visible, self.constant(0.0), self.constant(float(np.finfo(np.float32).min))])

    def rotated(self, x: str, layer: int, norm: str, heads: int) -> str:
        """Queries or keys [B, S, heads * D] with their position turned in; Qwen 3 normalises each head first."""
        if f"{layer}.{norm}" in self.weights:
            split = self.node("Reshape", [x, self.constant([0, 0, heads, self.shape.head_size])])
            x = self.node("Reshape", [self.norm(split, f"{layer}.{norm}"), self.constant([0, 0, heads * self.shape.head_size])])
        return self.node("RotaryEmbedding", [x, self.weight("cos"), self.weight("sin"), "position_ids"], num_heads=heads)

    def layer(self, x: str, layer: int, mask: str, cached: bool) -> str:
        """One decoder layer: hidden states [B, S, H] -> [B, S, H]. `cached` reads and extends the layer's keys and values."""
        shape = self.shape
        normed = self.norm(x, f"{layer}.input_norm")
        query, key, value = (self.linear(normed, f"{layer}.{name}") for name in PROJECTIONS[:3])
        query = self.rotated(query, layer, "q_norm", shape.heads)
        key = self.rotated(key, layer, "k_norm", shape.key_value_heads)
        inputs, outputs = [query, key, value, mask], [f"attended_{layer}"]
        if cached:
            inputs += [f"past_key_values.{layer}.key", f"past_key_values.{layer}.value"]
            outputs += [f"present.{layer}.key", f"present.{layer}.value"]
        attended = self.node("Attention", inputs, outputs, q_num_heads=shape.heads, kv_num_heads=shape.key_value_heads)
        x = self.node("Add", [x, self.linear(attended, f"{layer}.o_proj")])

        normed = self.norm(x, f"{layer}.feed_forward_norm")
        gate = self.linear(normed, f"{layer}.gate_proj")
        silu = self.node("Mul", [gate, self.node("Sigmoid", [gate])])
        wide = self.node("Mul", [silu, self.linear(normed, f"{layer}.up_proj")])
        return self.node("Add", [x, self.linear(wide, f"{layer}.down_proj")])

    def hidden_states(self, cached: bool) -> str:
        """`input_ids` [B, S] -> [B, S, H] before the last normalisation."""
        x = self.node("Gather", [self.weight("embedding"), "input_ids"])
        mask = self.attention_mask()
        for layer in range(self.shape.layers):
            x = self.layer(x, layer, mask, cached)
        return x

    def logits(self, x: str, outputs: list[str] | None = None) -> str:
        """Hidden states [B, n, H] -> logits [B, n, V]."""
        x = self.norm(x, "last_norm")
        projection = self.weight("output") if "output" in self.weights else self.node("Transpose", [self.weight("embedding")], perm=[1, 0])
        return self.node("MatMul", [x, projection], outputs)

    def model(self, inputs: list[ValueInfoProto], outputs: list[ValueInfoProto]) -> ModelProto:
        graph = helper.make_graph(self.nodes, "language_model", inputs, outputs, [*self.constants.values(), *self.used.values()])
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="nasaq")


def token_inputs() -> list[ValueInfoProto]:
    return [
        helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch_size", "sequence_length"]),
        helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch_size", "total_sequence_length"]),
        helper.make_tensor_value_info("position_ids", TensorProto.INT64, ["batch_size", "sequence_length"]),
    ]


def generation_graph(shape: LlamaShape, weights: WeightFile) -> ModelProto:
    """Next-token logits with a cache.

    Inputs: input_ids [B, S], attention_mask [B, T], position_ids [B, S], num_logits_to_keep scalar, and for each layer
    past_key_values.{layer}.key and .value, fp32 [B, K, P, D]. Outputs: logits fp32 [B, num_logits_to_keep, V] of the
    last positions, and present.{layer}.key and .value [B, K, T, D].
    """
    writer = GraphWriter(shape, weights)
    x = writer.hidden_states(cached=True)
    start = writer.node("Reshape", [writer.node("Neg", ["num_logits_to_keep"]), writer.constant([1])])
    kept = writer.node("Slice", [x, start, writer.constant([TO_THE_END]), writer.constant([1])])
    writer.logits(kept, ["logits"])

    inputs = [*token_inputs(), helper.make_tensor_value_info("num_logits_to_keep", TensorProto.INT64, [])]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch_size", "logits_length", shape.vocabulary])]
    for layer in range(shape.layers):
        for part in ("key", "value"):
            past = ["batch_size", shape.key_value_heads, "past_sequence_length", shape.head_size]
            present = ["batch_size", shape.key_value_heads, "total_sequence_length", shape.head_size]
            inputs.append(helper.make_tensor_value_info(f"past_key_values.{layer}.{part}", TensorProto.FLOAT, past))
            outputs.append(helper.make_tensor_value_info(f"present.{layer}.{part}", TensorProto.FLOAT, present))
    return writer.model(inputs, outputs)


def scoring_graph(shape: LlamaShape, weights: WeightFile) -> ModelProto:
    """How likely a text is, token by token.

    Inputs: input_ids, attention_mask and position_ids [B, S]. Outputs, for every token but the first:
    token_logprobs fp32 [B, S - 1], the natural logarithm of its probability after the tokens before it, and
    is_greedy bool [B, S - 1], whether no token was likelier.
    """
    writer = GraphWriter(shape, weights)
    x = writer.hidden_states(cached=False)
    predicting = writer.node("Slice", [x, writer.constant([0]), writer.constant([-1]), writer.constant([1])])
    logits = writer.logits(predicting)
    following = writer.node("Slice", ["input_ids", writer.constant([1]), writer.constant([TO_THE_END]), writer.constant([1])])
    column = writer.constant([2])
    chosen = writer.node("GatherElements", [logits, writer.node("Unsqueeze", [following, column])], axis=2)
    partition = writer.node("ReduceLogSumExp", [logits, column], keepdims=1)
    writer.node("Squeeze", [writer.node("Sub", [chosen, partition]), column], ["token_logprobs"])
    likeliest = writer.node("ArgMax", [logits], axis=2, keepdims=0)
    writer.node("Equal", [likeliest, following], ["is_greedy"])
    outputs = [
        helper.make_tensor_value_info("token_logprobs", TensorProto.FLOAT, ["batch_size", "scored_length"]),
        helper.make_tensor_value_info("is_greedy", TensorProto.BOOL, ["batch_size", "scored_length"]),
    ]
    return writer.model(token_inputs(), outputs)
