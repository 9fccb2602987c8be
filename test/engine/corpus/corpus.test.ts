import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadNodeTypes, type NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { type Bench, makeBench, runToEnd, workflowOf } from '../testNodes.ts';

let nodeTypes: NodeTypes;
let bench: Bench;
beforeAll(async () => void (nodeTypes = await loadNodeTypes(path.resolve(import.meta.dirname, '../../../nodes'))));
beforeEach(() => void (bench = makeBench()));
afterEach(() => bench.clear());

async function read(files: string[], params: Record<string, string> = {}) {
  const engine = bench.open(nodeTypes);
  const { nodes } = await runToEnd(engine, { workflow: workflowOf({ corpus: { type: 'corpus', params: { files, ...params } } }) });
  const { outputs, error } = nodes[0]!;
  if (!outputs.corpus) return { error, rows: [], columns: [] };
  return {
    error,
    rows: await engine.rows(outputs.corpus.digest, 0, 100),
    columns: outputs.corpus.columns!.map(({ name, type }) => `${name}:${type}`),
  };
}

describe('a corpus of one file', () => {
  test('has its documents as they are', async () => {
    const { rows, columns } = await read([bench.write('a.jsonl', '{"key": "k1", "body": "نص", "year": 2020}\n')], {
      textColumn: 'body',
      idColumn: 'key',
    });
    expect(columns).toEqual(['id:string', 'text:string', 'year:integer']);
    expect(rows).toEqual([{ id: 'k1', text: 'نص', year: 2020 }]);
  });

  test('that is broken fails in one sentence with file and line', async () => {
    const { error } = await read([bench.write('a.jsonl', '{"text": "أ"}\n{"text"\n')]);
    expect(error).toMatch(/a\.jsonl, line 2: this is not JSON/);
    expect(error).not.toContain('\n');
  });
});

describe('a corpus of several files', () => {
  test('has the columns of all, in their order, and says which file a document is from', async () => {
    const a = bench.write('a.jsonl', '{"id": "1", "text": "أ", "score": 1, "source": "web"}\n');
    const b = bench.write('b.csv', 'id,text,topic,score\n2,ب,رياضة,0.5\n');
    const { rows, columns } = await read([b, a]);
    expect(columns).toEqual(['id:string', 'text:string', 'topic:string', 'score:number', 'source_original:string', 'source:string']);
    expect(rows).toEqual([
      { id: '2', text: 'ب', topic: 'رياضة', score: 0.5, source_original: null, source: 'b.csv' },
      { id: '1', text: 'أ', topic: null, score: 1, source_original: 'web', source: 'a.jsonl' },
    ]);
  });

  test('loses no column of a file that has both `source` and `source_original`', async () => {
    const a = bench.write('a.jsonl', '{"id": "1", "text": "أ", "source": "web", "source_original": "crawl"}\n');
    const b = bench.write('b.jsonl', '{"id": "2", "text": "ب", "source_original": "book"}\n');
    expect((await read([a, b])).rows).toEqual([
      { id: '1', text: 'أ', source_original: 'crawl', source_original_original: 'web', source: 'a.jsonl' },
      { id: '2', text: 'ب', source_original: 'book', source_original_original: null, source: 'b.jsonl' },
    ]);
  });

  test('makes ids that files share unique, by the name of the file', async () => {
    const first = bench.write('a.jsonl', '{"id": "1", "text": "أ"}\n');
    const second = bench.write('a.csv', 'id,text\n1,ب\n2,ج\n');
    expect((await read([first, second])).rows.map(({ id, source }) => [id, source])).toEqual([
      ['a/1', 'a.jsonl'],
      ['a (2)/1', 'a.csv'],
      ['a (2)/2', 'a.csv'],
    ]);
  });
});
