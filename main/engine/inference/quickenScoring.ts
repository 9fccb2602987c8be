import { onnxNode, type OnnxNode, readOnnxNode } from './onnxNode.ts';
import { field, type Field, fieldsOf, message } from './protobuf.ts';

const GRAPH = 7;
const NODE = 1;
const LOG_SOFTMAX = 'nasaq.log_softmax';

/**
 * A scoring graph (the contents of a `score.onnx`) whose log-probabilities are taken by LogSoftmax, a quarter faster as a whole:
 * ONNX Runtime computes ReduceLogSumExp and ArgMax, which the exporter uses, one number at a time. A graph of another make is given
 * back as it is. `is_greedy` is then also true of a token that is as likely as the likeliest.
 */
export function quickenScoring(model: Uint8Array): Uint8Array {
  let fields: Field[];
  let graph: Field[];
  try {
    fields = fieldsOf(model);
    graph = fieldsOf(fields.find(({ id }) => id === GRAPH)!.content);
  } catch {
    // What cannot be read is ONNX Runtime's to explain.
    return model;
  }
  const nodes = graph.flatMap((each) => (each.id === NODE ? [{ each, node: readOnnxNode(each.content) }] : []));
  const found = findScoring(nodes.map(({ node }) => node));
  if (!found) return model;
  const { partition, gather, difference, squeeze, likeliest, equal } = found;
  const [chosen] = difference.outputs;
  const replacements = new Map<OnnxNode, readonly Uint8Array[]>([
    [gather, []],
    [likeliest, []],
    [partition, [onnxNode('LogSoftmax', [partition.inputs[0]!], [LOG_SOFTMAX])]],
    [difference, [onnxNode('GatherElements', [LOG_SOFTMAX, gather.inputs[1]!], [chosen!], ['axis', 2])]],
    [
      equal,
      [
        onnxNode('ReduceMax', [LOG_SOFTMAX, partition.inputs[1]!], ['nasaq.highest']),
        onnxNode('GreaterOrEqual', [chosen!, 'nasaq.highest'], ['nasaq.is_highest']),
        onnxNode('Squeeze', ['nasaq.is_highest', squeeze.inputs[1]!], [equal.outputs[0]!]),
      ],
    ],
  ]);
  const nodeOf = new Map(nodes.map(({ each, node }) => [each, node]));
  const quick = graph.flatMap((each) => replacements.get(nodeOf.get(each)!)?.map((node) => field(NODE, node)) ?? [each.whole]);
  return message(...fields.map((each) => (each.id === GRAPH ? field(GRAPH, message(...quick)) : each.whole)));
}

/** The end of a scoring graph as resources/python/nasaq_trainer/llama_graph.py writes it. */
function findScoring(nodes: readonly OnnxNode[]) {
  const one = (operator: string, input: string | undefined, place = 0): OnnxNode | undefined => {
    const fitting = nodes.filter((node) => node.operator === operator && node.inputs[place] === input);
    return input !== undefined && fitting.length === 1 ? fitting[0] : undefined;
  };
  const partitions = nodes.filter(({ operator }) => operator === 'ReduceLogSumExp');
  const [partition] = partitions;
  const logits = partition?.inputs[0];
  const gather = one('GatherElements', logits);
  const difference = one('Sub', partition?.outputs[0], 1);
  const squeeze = one('Squeeze', difference?.outputs[0]);
  const likeliest = one('ArgMax', logits);
  const equal = one('Equal', likeliest?.outputs[0]);
  if (partitions.length !== 1 || !partition || !gather || !difference || !squeeze || !likeliest || !equal) return undefined;
  const isWhole =
    partition.inputs.length === 2 &&
    difference.inputs[0] === gather.outputs[0] &&
    squeeze.outputs[0] === 'token_logprobs' &&
    equal.outputs[0] === 'is_greedy';
  return isWhole ? { partition, gather, difference, squeeze, likeliest, equal } : undefined;
}
