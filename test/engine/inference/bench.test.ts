import { describe, expect, it } from 'vitest';
import { mixedTexts } from '../../../bench/inference/mixedTexts.ts';
import { readOptions } from '../../../bench/inference/readOptions.ts';
import { UserError } from '../../../nodes/kit/index.ts';
import { resources } from './givenArtifacts.ts';

describe('the texts of the inference benchmark', () => {
  it('are as many as asked for, distinct, and of mixed length', () => {
    const texts = mixedTexts(500, resources);
    expect(new Set(texts).size).toBe(500);
    const lengths = texts.map((text) => text.length).sort((a, b) => a - b);
    expect(lengths[50]).toBeLessThan(60);
    expect(lengths[450]).toBeGreaterThan(150);
    expect(mixedTexts(100, resources)).toEqual(texts.slice(0, 100));
  });

  it('end where the news that ships does', () => {
    expect(() => mixedTexts(1_000_000, resources)).toThrow(/^--documents takes at most \d+: there is no more news to cut\.$/);
  });
});

describe('the options of the inference benchmark', () => {
  it('default to everything, and are refused in one sentence', () => {
    expect(readOptions(['--json'])).toMatchObject({ documents: 500, peers: ['torch', 'transformers.js', 'genai'] });
    expect(readOptions(['--peers', 'genai', '--documents', '32'])).toMatchObject({ documents: 32, peers: ['genai'] });
    for (const wrong of [['--documents', '3'], ['--only', 'speed'], ['--peers', 'vllm'], ['--fast']]) {
      expect(() => readOptions(wrong)).toThrow(UserError);
    }
  });
});
