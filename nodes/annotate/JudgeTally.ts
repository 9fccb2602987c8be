import { GroupedBootstrap } from '../../main/engine/scoring/GroupedBootstrap.ts';
import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import type { Report, ReportTable } from '../kit/index.ts';
import type { Judgement } from './Judge.ts';
import { CRITERIA } from './judging.ts';

/** Intervals are the same whatever the workflow's seed: they say how sure a mean is, and are no source of chance. */
const SEED = 1;
const SCORES = Array.from({ length: 10 }, (_, at) => at + 1);

/** Means of a judge's scores with bootstrap intervals, of all pairs and of those that were changed. */
export class JudgeTally {
  #judged = 0;
  #unread = 0;
  readonly #groups = ['all pairs', 'changed pairs'].map((name) => ({
    name,
    means: CRITERIA.map(() => new GroupedBootstrap(SEED)),
  }));
  readonly #counts = CRITERIA.map(() => new Map<number, number>());

  add({ verdict }: Judgement, isChanged: boolean): void {
    this.#judged += 1;
    if (!verdict) {
      this.#unread += 1;
      return;
    }
    for (const [at, { name }] of CRITERIA.entries()) {
      const score = verdict.scores[name];
      this.#groups[0]!.means[at]!.add(score);
      if (isChanged) this.#groups[1]!.means[at]!.add(score);
      this.#counts[at]!.set(score, (this.#counts[at]!.get(score) ?? 0) + 1);
    }
  }

  async report(judge: string, pause: () => Promise<void>): Promise<Pick<Report, 'findings' | 'tables' | 'charts'>> {
    const rows: ReportTable['rows'][number][] = [];
    for (const { name, means } of this.#groups) {
      for (const [at, { title }] of CRITERIA.entries()) {
        const found = await means[at]!.interval(pause);
        const numbers = found ? [found.mean, found.low, found.high].map((value) => roundTo(value, 2)) : [null, null, null];
        rows.push([name, title, means[at]!.count, ...numbers]);
      }
    }
    const told = rows
      .slice(0, CRITERIA.length)
      .flatMap(([, title, , mean, low, high]) => (mean === null ? [] : [`${title} ${mean} (${low} to ${high})`]));
    return {
      findings: [
        ...(told.length > 0 ? [`The judge ${judge} scored from 1 to 10, with 95 % intervals: ${told.join(', ')}.`] : []),
        ...(this.#unread > 0
          ? [
              `${this.#unread} of ${this.#judged} judged pairs have no score: what the judge said could not be read and stands in the column judgeRaw.`,
            ]
          : []),
      ],
      tables: [{ title: 'Judge’s scores, 1 to 10', columns: ['pairs', 'criterion', 'count', 'mean', '95 % low', '95 % high'], rows }],
      charts: [
        {
          title: 'Judge’s scores',
          type: 'histogram',
          x: 'score',
          y: 'pairs',
          series: CRITERIA.map(({ title }, at) => ({
            name: title,
            points: SCORES.map((score) => [score, this.#counts[at]!.get(score) ?? 0] as const),
          })),
        },
      ],
    };
  }
}
