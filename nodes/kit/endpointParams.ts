import type { EndpointSettings } from './ChatEndpoint.ts';
import { number, type NumberParam, text, type TextParam } from './params.ts';

type Field = Exclude<keyof EndpointSettings, 'prefix'>;
export type EndpointParams<Prefix extends string> = {
  [F in Field as `${Prefix}${Capitalize<F>}`]: EndpointSettings[F] extends string ? TextParam : NumberParam;
};

const unlimited = { default: 0, min: 0, advanced: true, affectsResult: false } as const;

/** Everything but the model, the temperature and the length leaves the answers alone: another address of the same model costs nothing. */
const FIELDS: { readonly [F in Field]: EndpointSettings[F] extends string ? TextParam : NumberParam } = {
  url: text({
    title: 'address',
    help: 'Of any server that speaks OpenAI’s protocol (vLLM, llama.cpp, Ollama, hosted ones), up to its version: requests go to …/chat/completions.',
    default: 'http://127.0.0.1:8000/v1',
    optional: true,
    affectsResult: false,
  }),
  model: text({
    title: 'model',
    help: 'What the server calls the model. Answers are kept under this name, whatever the address: give different models different names.',
    default: '',
    optional: true,
  }),
  key: text({
    title: 'key name',
    help: 'Name of an API key, never the key itself: OPENAI stands for the key saved under that name, or for the environment variable NASAQ_KEY_OPENAI.',
    default: '',
    optional: true,
    affectsResult: false,
  }),
  temperature: number({ title: 'temperature', help: '0: the most likely answer.', default: 0, min: 0, max: 2, step: 0.1, advanced: true }),
  maxTokens: number({
    title: 'longest answer',
    help: 'An answer that is cut at this length is not used. It is also what is set aside from the budget for each request.',
    default: 2048,
    min: 1,
    max: 1_000_000,
    integer: true,
    unit: 'tokens',
    advanced: true,
  }),
  concurrency: number({
    title: 'requests at once',
    help: 'More keep a server busy that batches; too many make it refuse.',
    default: 8,
    min: 1,
    max: 256,
    integer: true,
    advanced: true,
    affectsResult: false,
  }),
  requestsPerMinute: number({ title: 'requests a minute', help: 'At most; 0: no limit.', integer: true, ...unlimited }),
  tokensPerMinute: number({ title: 'tokens a minute', help: 'At most, in and out together; 0: no limit.', integer: true, ...unlimited }),
  timeout: number({
    title: 'timeout',
    help: 'For one attempt. A model that thinks long needs more.',
    default: 300,
    min: 0.1,
    max: 86_400,
    unit: 's',
    advanced: true,
    affectsResult: false,
  }),
  stallTimeout: number({
    title: 'stall timeout',
    help: 'An answer that has begun and then stays silent this long is asked for again.',
    default: 60,
    min: 0.1,
    max: 86_400,
    unit: 's',
    advanced: true,
    affectsResult: false,
  }),
  retries: number({
    title: 'retries',
    help: 'Attempts after the first, when a server is busy or does not answer; each waits longer.',
    default: 5,
    min: 0,
    max: 100,
    integer: true,
    advanced: true,
    affectsResult: false,
  }),
  inputPrice: number({ title: 'input price', help: 'Per million tokens, in any currency.', ...unlimited }),
  outputPrice: number({ title: 'output price', help: 'Per million tokens, in the same currency.', ...unlimited }),
  budget: number({
    title: 'budget',
    help: 'Asking stops before more than this is spent on the rows of this node, earlier runs included; 0: no budget. Needs prices.',
    ...unlimited,
  }),
};
const NAMES = Object.keys(FIELDS) as Field[];

/**
 * The params of one endpoint, such as `endpointUrl` for the prefix `endpoint`.
 *
 * @param title goes before each title: "Endpoint" gives "Endpoint address"
 */
export const endpointParams = <const Prefix extends string>(prefix: Prefix, title: string): EndpointParams<Prefix> =>
  Object.fromEntries(
    NAMES.map((name) => [endpointParam(prefix, name), { ...FIELDS[name], title: `${title} ${FIELDS[name].title}` }]),
  ) as EndpointParams<Prefix>;

/** What `context.endpoint` takes, from the values of `endpointParams`. */
export const endpointSettings = (params: Readonly<Record<string, unknown>>, prefix: string): EndpointSettings =>
  ({ prefix, ...Object.fromEntries(NAMES.map((name) => [name, params[endpointParam(prefix, name)]])) }) as unknown as EndpointSettings;

/** The parts of the settings that answers depend on: for the operation of row results. */
export const endpointOperation = ({ model, temperature, maxTokens }: EndpointSettings) => ({ model, temperature, maxTokens });

/** For a spec's `paramsProblem`, where the endpoint is used: what is wrong without asking the server. Never shows a value: it might be a key. */
export function endpointProblem(settings: EndpointSettings): { readonly param: string; readonly problem: string } | undefined {
  const { prefix, url, model, key, budget, inputPrice, outputPrice } = settings;
  const wrong = (field: Field, problem: string) => ({ param: endpointParam(prefix, field), problem });
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (!address || !/^https?:$/.test(address.protocol))
    return wrong('url', 'must be the address of a server, such as `http://127.0.0.1:8000/v1`');
  if (address.username || address.password || [...address.searchParams.keys()].some((name) => SECRET.test(name)))
    return wrong(
      'url',
      `must not hold a password or key: save the key under a name and set param \`${endpointParam(prefix, 'key')}\` to that`,
    );
  if (model.trim() === '') return wrong('model', 'must name the model that the server is to use');
  if (key !== '' && !KEY_NAME.test(key))
    return wrong('key', 'must be the name of a key, of letters, digits and `_`, such as `OPENAI`, and never the key itself');
  if (key !== '' && address.protocol === 'http:' && !isLoopback(address.hostname))
    return wrong('url', 'must start with `https://` when a key is sent, unless the server is on this machine');
  if (budget > 0 && inputPrice === 0 && outputPrice === 0) return wrong('budget', 'needs prices: set those of input and output tokens');
  return undefined;
}

/** Hosted services' keys are longer, or have other signs in them. */
export const KEY_NAME = /^(?!sk_)[A-Za-z][A-Za-z0-9_]{0,31}$/;
const SECRET = /key|token|secret|password|signature/i;

/** Whether a host of a URL is this machine. */
export const isLoopback = (host: string): boolean => /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(host);

export const endpointParam = (prefix: string, field: Field): string => `${prefix}${field[0]!.toUpperCase()}${field.slice(1)}`;
