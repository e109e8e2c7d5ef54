import { roundTicks, spanAxis } from '../../state/axis.ts';
import { formatPlain } from '../../state/format.ts';
import { type CellCurve, spreadLabels } from '../../state/sweepRows.ts';
import { Plot, polyline } from '../plot/Plot.tsx';
import { colorAt } from './color.ts';

const TICKS = { x: 6, y: 5 };
const LABEL_PX = 15;
const LABEL_ROOM = 64;
const EDGES = 72; // what the plot keeps free at its sides

interface Props {
  curves: readonly CellCurve[];
  /** the value that each curve stands for */
  values: readonly number[];
  has_band: boolean;
  /** the last step of the run, and the one that is read */
  last: number;
  read: number;
  sentence: string;
}

/** A curve for each value, coloured in the order of the values, each with its value behind its end. */
export function SweepPlot({ curves, values, has_band, last, read, sentence }: Props) {
  const end = Math.max(1, last);
  const x = (width: number) => {
    const inner = Math.max(100, width - EDGES);
    return {
      domain: [0, (end * inner) / Math.max(50, inner - LABEL_ROOM)] as [number, number],
      ticks: roundTicks(0, end, TICKS.x).filter(Number.isInteger),
    };
  };
  const all = curves.flatMap(({ mean, low, high }) => (has_band ? [...low, ...high] : mean));
  const y = spanAxis(
    all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    TICKS.y,
  );
  return (
    <Plot area="sweep-area" test_id="sweep-plot" x={x} y={y} x_label="step" sentence={sentence}>
      {(px, py) => {
        const drawn = curves
          .map((curve, index) => ({ curve, index, value: values[index] }))
          .filter(({ curve }) => curve.steps.length > 0);
        const ends = drawn.map(({ curve }) => py(curve.mean.at(-1)!));
        const labels = spreadLabels(ends, LABEL_PX, py(y.domain[1]), py(y.domain[0]));
        return (
          <>
            <line className="sweep-read" x1={px(read)} x2={px(read)} y1={py(y.domain[0])} y2={py(y.domain[1])} />
            {has_band &&
              drawn.map(({ curve, index }) => (
                <path
                  key={index}
                  className="sweep-band"
                  style={{ fill: colorAt(index, values.length) }}
                  d={`${polyline(curve.steps, curve.high, px, py)}${polyline([...curve.steps].reverse(), [...curve.low].reverse(), px, py).replace('M', 'L')}Z`}
                />
              ))}
            {drawn.map(({ curve, index }) => (
              <path
                key={index}
                className="sweep-line"
                style={{ stroke: colorAt(index, values.length) }}
                d={polyline(curve.steps, curve.mean, px, py)}
              />
            ))}
            {drawn.map(({ curve, index, value }, k) => {
              const from = px(curve.steps.at(-1)!);
              return (
                <g key={index}>
                  <path
                    className="sweep-leader"
                    style={{ stroke: colorAt(index, values.length) }}
                    d={`M${from} ${ends[k]}L${from + 10} ${labels[k]}`}
                  />
                  <text className="sweep-label" x={from + 13} y={labels[k]} dy="0.35em">
                    {formatPlain(value)}
                  </text>
                </g>
              );
            })}
          </>
        );
      }}
    </Plot>
  );
}
