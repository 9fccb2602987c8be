import { choice, defineNode, folder, input, number, output } from '../kit/index.ts';

const spec = defineNode({
  type: 'worker-train',
  version: 3,
  title: 'Train worker',
  category: 'train',
  summary: 'Fine-tunes a small language model to rewrite texts as the expert did.',
  help:
    'Learns from the pairs (text before, text after) by supervised fine-tuning in the model’s chat format; only the rewritten text is learnt, ' +
    'not the raw one. The result is the alignment worker of “Alignment at Pre-training!” (arXiv 2412.03253, section 3), where a model of 4 billion ' +
    'parameters learns from 96 thousand rewrites of an expert; here any Llama, Mistral or Qwen model in Hugging Face layout will do.\n\n' +
    'Low-rank adapters (LoRA, arXiv 2106.09685) train few weights and need less memory; all weights learn more from many pairs. Part of the pairs ' +
    'is held out: when their loss rises while the other one falls, train for fewer epochs or on more pairs.',
  effects: 'seeded',
  environment: ['python'],
  resource: 'accelerator',
  inputs: {
    pairs: input('pairs', { title: 'Pairs', help: 'What to learn: raw texts and how they should read.' }),
    base: input('model', { title: 'Base', help: 'Model to start from; without one, the param `baseModel` says which.', optional: true }),
  },
  outputs: {
    model: output('model', { title: 'Worker', help: 'The fine-tuned model, in safetensors and ONNX.' }),
    report: output('report', { title: 'Report', help: 'Curves of the loss, and rewrites before and after training.' }),
  },
  params: {
    baseModel: folder({
      hub: true,
      title: 'Base model',
      help: 'Folder of a chat model in Hugging Face layout, or a model of the hub such as `organisation/name`. Used when no base is connected.',
      default: 'resources:models/tiny-arabic-llama',
      optional: true,
    }),
    method: choice({
      title: 'Weights',
      help: 'Which weights learn.',
      default: 'lora',
      choices: [
        { value: 'lora', title: 'Low-rank adapters (LoRA)' },
        { value: 'full', title: 'All weights' },
      ],
    }),
    rank: number({
      title: 'Rank',
      help: 'Size of the adapters: higher learns more and takes more memory.',
      default: 32,
      min: 1,
      max: 512,
      integer: true,
    }),
    alpha: number({
      title: 'Alpha',
      help: 'Strength of the adapters; usually one or two times the rank.',
      default: 64,
      min: 0.1,
      advanced: true,
    }),
    dropout: number({
      title: 'Dropout',
      help: 'Share of the adapters’ inputs left out at random at each step, against learning by heart.',
      default: 0,
      min: 0,
      max: 0.9,
      advanced: true,
    }),
    epochs: number({ title: 'Epochs', help: 'How often each pair is seen.', default: 4, min: 1, max: 1000, integer: true }),
    maxSteps: number({
      title: 'Most steps',
      help: 'Ends training early; 0: after the epochs.',
      default: 0,
      min: 0,
      integer: true,
      unit: 'steps',
      advanced: true,
    }),
    batchSize: number({
      title: 'Batch size',
      help: 'Pairs in one step. Lower it when memory runs out.',
      default: 16,
      min: 1,
      max: 4096,
      integer: true,
      unit: 'pairs',
    }),
    maxLength: number({
      title: 'Longest pair',
      help: 'Pairs with more tokens, before and after together, are left out and counted in the report. Lower it when memory runs out.',
      default: 384,
      min: 16,
      integer: true,
      unit: 'tokens',
    }),
    learningRate: number({
      title: 'Learning rate',
      help: 'Highest step width: about 0.002 for adapters in a tiny model, 0.0002 in one of billions, a tenth of that for all weights.',
      default: 0.002,
      min: 0,
      max: 1,
      step: 0.0001,
    }),
    warmupSteps: number({
      title: 'Warm-up',
      help: 'Steps over which the learning rate rises to its highest.',
      default: 10,
      min: 0,
      integer: true,
      unit: 'steps',
      advanced: true,
    }),
    heldOutShare: number({
      title: 'Held-out share',
      help: 'Share of the pairs that is not learnt from but measured on; at least one pair.',
      default: 0.1,
      min: 0,
      max: 0.5,
      step: 0.01,
      advanced: true,
    }),
    precision: choice({
      title: 'Precision',
      help: 'How numbers are kept while training. Equal weights from equal seeds are promised for fp32 on the CPU.',
      default: 'fp32',
      choices: [
        { value: 'fp32', title: '32 bits' },
        { value: 'bf16', title: '16 bits (bfloat16): faster where the hardware has it' },
      ],
      advanced: true,
    }),
    device: choice({
      title: 'Device',
      help: 'Where training runs.',
      default: 'auto',
      choices: [
        { value: 'auto', title: 'GPU when there is one' },
        { value: 'cpu', title: 'CPU' },
      ],
      advanced: true,
    }),
    threads: number({
      title: 'Threads',
      help: 'CPU threads; part of the result’s last bits.',
      default: 2,
      min: 1,
      max: 256,
      integer: true,
      advanced: true,
    }),
  },
});

export default spec;
