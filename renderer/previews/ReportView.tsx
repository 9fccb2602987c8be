import { useEffect, useState } from 'react';
import type { Report, ReportTable } from '../../nodes/kit/index.ts';
import { formatNumber } from '../ui/formatQuantity.ts';
import { Sentence } from '../ui/Sentence.tsx';
import { useStores } from '../state/stores.ts';
import { ReportChartFigure } from './ReportChartFigure.tsx';
import { reportSchema } from './reportSchema.ts';
import { TableMessage } from './RowTable.tsx';

/** A report: its findings first, then tables and charts. */
export function ReportView({ digest }: { digest: string }) {
  const { session } = useStores();
  const [report, setReport] = useState<Report>();
  const [error, setError] = useState<string>();

  useEffect(() => {
    let here = true;
    const fail = (sentence: string) => here && setError(sentence);
    session.report(digest).then(
      (reply) => {
        if (!here) return;
        if ('error' in reply) return fail(reply.error);
        const parsed = reportSchema.safeParse(reply.report);
        if (parsed.success) setReport(parsed.data);
        else fail('Its format is not one that this Nasaq shows; export it to read it as JSON.');
      },
      (problem: unknown) => fail(problem instanceof Error ? problem.message : String(problem)),
    );
    return () => {
      here = false;
    };
  }, [session, digest]);

  if (error) return <TableMessage title="This report could not be read" text={error} />;
  if (!report) return null;
  return (
    <article className="report selectable">
      <header className="report__lead">
        <h3 dir="auto">{report.title}</h3>
        <ul>
          {report.findings.map((finding) => (
            <li key={finding}>
              <Sentence text={finding} />
            </li>
          ))}
        </ul>
      </header>
      <div className="report__parts">
        {report.charts.map((chart) => (
          <ReportChartFigure key={chart.title} chart={chart} />
        ))}
        {report.tables.map((table) => (
          <DataTable key={table.title} table={table} />
        ))}
      </div>
    </article>
  );
}

function DataTable({ table: { title, columns, rows } }: { table: ReportTable }) {
  return (
    <figure className="report__part report__part--table">
      <figcaption dir="auto">{title}</figcaption>
      <table className="data-table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" dir="auto">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, index) => (
            <tr key={index}>
              {cells.map((cell, at) => (
                <td key={at} dir="auto" className={typeof cell === 'number' ? 'data-table__number' : undefined}>
                  {cell === null ? '–' : typeof cell === 'number' ? formatNumber(cell) : cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
