import type { ChatEndpoint, EndpointSettings } from '../kit/index.ts';

const INTERVAL_MS = 1_000;

interface Listener {
  progress(done: number, total: number | undefined, unit: string, stage?: string): void;
  metric(step: number, values: Record<string, number>): void;
}

/** Tells how far an endpoint is: rows, and once a second its tokens, its cost and the characters that have come so far. */
export class UsageMeter {
  readonly #endpoint: ChatEndpoint;
  readonly #listener: Listener;
  readonly #total: number;
  readonly #stage: string;
  #done = 0;
  #characters = 0;
  #toldAt = 0;

  constructor(endpoint: ChatEndpoint, listener: Listener, total: number, stage: string) {
    [this.#endpoint, this.#listener, this.#total, this.#stage] = [endpoint, listener, total, stage];
  }

  rowDone(): void {
    this.#listener.progress(++this.#done, this.#total, 'documents', this.#stage);
    this.#tell();
  }

  /** For one request: takes the characters of its answer that are there. */
  onText(): (characters: number) => void {
    let before = 0;
    return (characters) => {
      this.#characters += characters - before;
      before = characters;
      this.#tell();
    };
  }

  #tell(): void {
    const now = performance.now();
    if (now - this.#toldAt < INTERVAL_MS && this.#done < this.#total) return;
    this.#toldAt = now;
    const { inputTokens, outputTokens, cost } = this.#endpoint.usage;
    this.#listener.metric(this.#done, { inputTokens, outputTokens, cost, characters: this.#characters });
  }
}

/** What asking took, in a sentence; nothing where nothing was asked. */
export function usageNote({ usage }: ChatEndpoint, { model, inputPrice, outputPrice }: EndpointSettings, spentBefore: number): string[] {
  const { answers, retries, inputTokens, outputTokens, cost, isEstimated } = usage;
  const isPriced = inputPrice > 0 || outputPrice > 0;
  if (answers === 0 && spentBefore === 0) return [];
  const tokens = `${count(inputTokens)} tokens in and ${count(outputTokens)} out`;
  const money = isPriced ? `, for ${amount(cost)}${spentBefore > 0 ? ` after ${amount(spentBefore)} in earlier runs` : ''}` : '';
  return [
    `${model} gave ${count(answers)} answers in this run: ${tokens}${money}${isEstimated ? ', in part estimated' : ''}${retries > 0 ? `; ${count(retries)} requests had to be sent again` : ''}.`,
  ];
}

const count = (value: number): string => value.toLocaleString('en');
const amount = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 4 });
