import { describe, expect, test } from 'vitest';
import { progressScreen } from '../../main/cli/progressScreen.ts';
import { nextProgress, progressLines, type ProgressState } from '../../main/cli/progressState.ts';
import { bytes, duration, textTable, width } from '../../main/cli/textTable.ts';
import type { RunEvent } from '../../main/contract/runEvents.ts';

const at = 1_000_000;
const started = (node: string): RunEvent => ({ type: 'node-started', run: 'r', at, node, reasons: ['first run'] });
const progress = (node: string, done: number, total?: number, more: object = {}): RunEvent => ({
  type: 'node-progress',
  run: 'r',
  at,
  node,
  done,
  total,
  unit: 'rows',
  ...more,
});
const finished = (node: string): RunEvent => ({
  type: 'node-finished',
  run: 'r',
  at,
  outcome: { node, type: 'dedup', status: 'ran', seconds: 1, outputs: {}, reasons: [] },
});
const after = (...events: RunEvent[]): ProgressState => events.reduce(nextProgress, new Map());

describe('the bars', () => {
  test('show each running node on a line of its own, in the order they started', () => {
    const state = after(started('rewrite'), started('raw'), progress('rewrite', 260, 600, { rate: 12.34, etaSeconds: 27.5 }));
    const [first, second] = progressLines(state, 120, at + 3000);
    expect(first).toMatch(/^rewrite {2}━+─+ {2}43 % of 600 rows · 12\/s · 27\.5 s left$/);
    expect(second).toMatch(/^raw {6}─+ {2}3\.0 s$/);
  });

  test('say what is being done, and bytes as people count them', () => {
    const state = after(
      started('dedup'),
      progress('dedup', 12.3e9, 139e9, { unit: 'bytes', stage: 'Reading', rate: 240e6, etaSeconds: 528 }),
    );
    expect(progressLines(state, 140, at)[0]).toMatch(/ {2}Reading 12 GB of 139 GB · 240 MB\/s · 8 min 48 s left$/);
  });

  test('show what is known when the total is not', () => {
    expect(progressLines(after(started('corpus'), progress('corpus', 12345)), 120, at)[0]).toMatch(/12,345 rows$/);
  });

  test('show the latest values of a curve', () => {
    const state = after(started('raw'), { type: 'node-metric', run: 'r', at, node: 'raw', step: 5, values: { loss: 4.123456 } });
    expect(progressLines(state, 120, at)[0]).toContain('loss 4.123');
  });

  test('go when the node is through', () => {
    expect(progressLines(after(started('a'), started('b'), finished('a')), 120, at)).toHaveLength(1);
  });

  test.each([20, 40, 80, 200])('fit a terminal of %i columns', (columns) => {
    const state = after(started('a-node-with-a-long-name'), progress('a-node-with-a-long-name', 1, 2, { rate: 1000, etaSeconds: 4000 }));
    for (const line of progressLines(state, columns, at)) expect(width(line)).toBeLessThan(columns);
  });
});

test('on the screen, kept lines stay above the bars and one repaint is one write', () => {
  const writes: string[] = [];
  const screen = progressScreen({ columns: 80, write: (text) => writes.push(text) });
  screen.show(started('dedup'));
  screen.keep('corpus: ran');
  screen.show(finished('dedup'));
  screen.keep('dedup: ran');
  screen.close();
  // Two kept lines, one bar painted and then overwritten: a terminal that follows the escapes shows only the kept lines.
  expect(shown(writes.join(''))).toEqual(['corpus: ran', 'dedup: ran']);
  expect(writes.filter((text) => text.includes('corpus: ran'))).toHaveLength(1);
  expect(writes.at(-1)).toContain('\x1b[?25h');
});

/** What a terminal shows after these escapes: cursor up, carriage return, erase to the end of line and of screen. */
function shown(stream: string): string[] {
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  for (const [token] of stream.matchAll(/\x1b\[\??\d*[A-Za-z]|[\s\S]/gu)) {
    const up = /^\x1b\[(\d+)A$/.exec(token);
    if (up) row = Math.max(0, row - Number(up[1]));
    else if (token === '\r') column = 0;
    else if (token === '\n') {
      row++;
      column = 0;
      lines[row] ??= '';
    } else if (token === '\x1b[K') lines[row] = lines[row]!.slice(0, column);
    else if (token === '\x1b[J') {
      lines.length = row + 1;
      lines[row] = lines[row]!.slice(0, column);
    } else if (!token.startsWith('\x1b')) {
      lines[row] = lines[row]!.slice(0, column).padEnd(column) + token + lines[row]!.slice(column + 1);
      column++;
    }
  }
  return lines.filter((line) => line.trim() !== '');
}

describe('tables', () => {
  test('align their columns, numbers to the right, and vowelled Arabic by what is seen', () => {
    expect(
      textTable(
        ['node', 'rows>', ''],
        [
          ['مُعَلِّم', '5', 'x'],
          ['dedup', '1,200', ''],
        ],
      ),
    ).toBe('node    rows\n─────  ─────  ─\nمُعَلِّم       5  x\ndedup  1,200\n');
  });

  test.each([
    [0.04, '0.0 s'],
    [59.9, '59.9 s'],
    [90, '1 min 30 s'],
    [119.7, '2 min 00 s'],
    [7260, '2 h 01 min'],
  ])('%d seconds are %s', (seconds, words) => expect(duration(seconds)).toBe(words));

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1234, '1.2 kB'],
    [25_600_000, '26 MB'],
  ])('%d bytes are %s', (value, words) => expect(bytes(value)).toBe(words));
});
