import { z } from 'zod';
import type { Report } from '../../nodes/kit/index.ts';

const point = z.tuple([z.number(), z.number()]);
export const reportSchema: z.ZodType<Report> = z.object({
  title: z.string(),
  findings: z.array(z.string()),
  tables: z.array(
    z.object({
      title: z.string(),
      columns: z.array(z.string()),
      rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
    }),
  ),
  charts: z.array(
    z.object({
      title: z.string(),
      type: z.enum(['line', 'histogram']),
      x: z.string(),
      y: z.string(),
      series: z.array(z.object({ name: z.string(), points: z.array(point) })),
    }),
  ),
});
