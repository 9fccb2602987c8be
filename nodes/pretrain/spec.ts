import { choice, defineNode, input, number, output } from '../kit/index.ts';

const spec = defineNode({
  type: 'pretrain',
  version: 3,
  title: 'Pre-train',
  category: 'train',
  summary: 'Trains a small language model on a corpus, from scratch or on from a base.',
  help:
    'Without a base it first trains a tokenizer on the corpus (byte-level BPE whose words are Arabic words with their diacritics), then a Llama ' +
    '(arXiv 2302.13971) of the size set here. With a base connected its weights and tokenizer are trained on: continued pre-training, as ' +
    '“Alignment at Pre-training!” (arXiv 2412.03253, section 4) does with LLaMA 3 on the aligned corpus; the sizes here then do not count.\n\n' +
    'To see what an alignment did, train one model on the raw corpus and one on the aligned one with the same params, and compare them with an ' +
    'evaluation. Texts are packed into blocks without padding; part of them is held out and measured on.',
  effects: 'seeded',
  environment: ['python'],
  resource: 'accelerator',
  inputs: {
    corpus: input('corpus', { title: 'Corpus', help: 'What to learn from.' }),
    base: input('model', { title: 'Base', help: 'Model to train on; without one, training starts from scratch.', optional: true }),
  },
  outputs: {
    model: output('model', { title: 'Model', help: 'The trained model, in safetensors and ONNX.' }),
    report: output('report', { title: 'Report', help: 'Curves of the loss and the held-out perplexity.' }),
  },
  params: {
    steps: number({
      title: 'Steps',
      help: 'How many batches to learn from, unless a token budget says otherwise.',
      default: 160,
      min: 1,
      integer: true,
      unit: 'steps',
    }),
    tokenBudget: number({
      title: 'Token budget',
      help: 'Learns from at least this many tokens, whatever the steps say; 0: the steps decide.',
      default: 0,
      min: 0,
      integer: true,
      unit: 'tokens',
    }),
    batchSize: number({
      title: 'Batch size',
      help: 'Blocks in one step. Lower it when memory runs out.',
      default: 8,
      min: 1,
      max: 4096,
      integer: true,
      unit: 'blocks',
    }),
    sequenceLength: number({
      title: 'Sequence length',
      help: 'Tokens in a block, and the longest context of a model from scratch. Lower it when memory runs out.',
      default: 256,
      min: 16,
      max: 131072,
      integer: true,
      unit: 'tokens',
    }),
    learningRate: number({
      title: 'Learning rate',
      help: 'Highest step width: about 0.003 for a tiny model from scratch, 0.00003 for continuing a large one.',
      default: 0.003,
      min: 0,
      max: 1,
      step: 0.0001,
    }),
    warmupSteps: number({
      title: 'Warm-up',
      help: 'Steps over which the learning rate rises to its highest.',
      default: 20,
      min: 0,
      integer: true,
      unit: 'steps',
    }),
    vocabularySize: number({
      title: 'Vocabulary',
      help: 'Most tokens of the tokenizer; at least 261, one for each byte and five special ones.',
      default: 4096,
      min: 261,
      max: 1000000,
      integer: true,
      unit: 'tokens',
    }),
    hiddenSize: number({
      title: 'Hidden size',
      help: 'Width of the model; an even multiple of the heads.',
      default: 128,
      min: 8,
      integer: true,
    }),
    layers: number({ title: 'Layers', help: 'Depth of the model.', default: 4, min: 1, integer: true }),
    heads: number({ title: 'Heads', help: 'Attention heads in a layer.', default: 4, min: 1, integer: true }),
    weightDecay: number({
      title: 'Weight decay',
      help: 'Pull of matrices towards zero (AdamW, arXiv 1711.05101).',
      default: 0.1,
      min: 0,
      max: 1,
      advanced: true,
    }),
    heldOutShare: number({
      title: 'Held-out share',
      help: 'Share of the texts that is not learnt from but measured on; at least one text.',
      default: 0.05,
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
