import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { roundTicks } from '../../state/axis.ts';
import { formatCount } from '../../state/format.ts';
import { barAt, barsOf, barText, HISTOGRAM, histogramSentence, spanOf } from '../../state/histogram.ts';
import { type PlotArea, placerOf } from '../../state/runsChart.ts';
import type { Histogram, HistogramOf } from '../../trainer/protocol.ts';
import { useFrame, useLab, useSize, useView } from '../lab.tsx';
import { Axes } from '../plot/Axes.tsx';
import { PLOT, plotIn } from './layout.ts';
import './histogram.css';

const READ_EVERY_MS = 1000;
const ZERO_PX = 10; // width of the bar of those that are exactly 0

/** How often it has to be read: once a second while rows arrive, at once when something else is asked for. */
function useHistogram(of: HistogramOf): Histogram | undefined {
  const { session } = useLab();
  const frame = useFrame(READ_EVERY_MS);
  const replica = useView((state) => state.replica);
  const [histogram, setHistogram] = useState<Histogram>();
  const asked = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows have arrived, or another replica is looked at
  useEffect(() => {
    const mine = ++asked.current;
    void session.histogram(of).then((answer) => {
      if (answer && mine === asked.current) setHistogram(answer);
    });
  }, [session, of, frame, replica]);
  return histogram;
}

/** Bars over their values; zero has a line, and a bar of its own. */
function Bars({
  histogram,
  width,
  height,
  read,
}: {
  histogram: Histogram;
  width: number;
  height: number;
  read: number;
}) {
  const bars = barsOf(histogram);
  const [low, high] = spanOf(histogram);
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const area: PlotArea = { ...plotIn(width, height), x: [low, high], y: [0, most] };
  const { x_px, y_px } = placerOf(area);
  const bottom = y_px(0);
  return (
    <svg width={width} height={height} aria-hidden="true">
      <Axes
        area={area}
        x_ticks={roundTicks(low, high, Math.max(2, Math.floor(width / 90)))}
        y_ticks={roundTicks(0, most, 3).filter(Number.isInteger)}
        formatY={formatCount}
      />
      {bars.map((bar, k) => {
        const is_zero = bar.low === bar.high;
        const left = is_zero ? x_px(0) - ZERO_PX / 2 : x_px(bar.low) + 0.75;
        const right = is_zero ? x_px(0) + ZERO_PX / 2 : x_px(bar.high) - 0.75;
        const kind = is_zero ? 'is-zero' : bar.high > 0 ? 'is-above' : 'is-below';
        return (
          <rect
            key={is_zero ? 'zero' : bar.low}
            className={`bar ${kind}${k === read ? ' is-read' : ''}`}
            x={left}
            width={Math.max(1, right - left)}
            y={y_px(bar.count)}
            height={bottom - y_px(bar.count)}
          />
        );
      })}
      <line className="zero-line" x1={x_px(0)} x2={x_px(0)} y1={PLOT.top - 4} y2={bottom + 5} />
    </svg>
  );
}

/** How the advantages of the newest rollout are spread, or the coefficients that came of them. */
export default function HistogramChart() {
  const { view } = useLab();
  const charted = useView((state) => state.charted);
  const [of, setOf] = useState<HistogramOf>('advantage');
  const [read, setRead] = useState(-1);
  const { ref, size } = useSize<HTMLDivElement>();
  const histogram = useHistogram(of);
  const bars = histogram ? barsOf(histogram) : [];
  const bar = bars[read];
  const press = (event: KeyboardEvent) => {
    const at = bar ? read : Math.floor(bars.length / 2);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: bars.length - 1, Escape: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setRead(event.key === 'Escape' ? -1 : Math.min(bars.length - 1, Math.max(0, to)));
  };
  const point = (event: PointerEvent) => {
    if (!histogram) return;
    const box = event.currentTarget.getBoundingClientRect();
    const per_px = (spanOf(histogram)[1] - spanOf(histogram)[0]) / (box.width - PLOT.left - PLOT.right);
    const value = spanOf(histogram)[0] + (event.clientX - box.left - PLOT.left) * per_px;
    setRead(barAt(histogram, value, (ZERO_PX / 2) * per_px));
  };
  const sentence = histogram ? histogramSentence(histogram) : 'Reading the rollout';
  return (
    <div className="chart" data-testid="chart-histogram">
      <div className="chart-head">
        <h3>Histogram</h3>
        <label className="inline-field">
          of
          <select value={of} onChange={(event) => setOf(event.target.value as HistogramOf)}>
            <option value="advantage">advantages</option>
            <option value="coef">coefs</option>
          </select>
        </label>
        <p className="legend">
          <span className="legend-item legend-step">{histogram && bar ? barText(histogram, bar) : ''}</span>
        </p>
        <button
          type="button"
          className="quiet"
          aria-label="Remove the histogram"
          onClick={() => view.getState().setCharted(charted.filter((id) => id !== HISTOGRAM))}
        >
          Remove
        </button>
      </div>
      <div
        ref={ref}
        className="plot histogram-plot"
        role="slider"
        tabIndex={0}
        aria-label="Read the histogram bar by bar"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, bars.length - 1)}
        aria-valuenow={Math.max(0, read)}
        aria-valuetext={histogram && bar ? barText(histogram, bar) : sentence}
        onKeyDown={press}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={({ pointerType }) => pointerType !== 'touch' && setRead(-1)}
        onBlur={() => setRead(-1)}
      >
        {histogram && size.width > 0 && <Bars histogram={histogram} {...size} read={read} />}
      </div>
      <p className="chart-summary" data-testid="histogram-summary">
        {sentence}
      </p>
    </div>
  );
}
