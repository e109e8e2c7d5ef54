/** The charts as one picture that stands by itself: title, legend, axes and readable letters on white. SVG, made as text. */
import { logAxis, rangeOf, secondAxis, spanAxis, stepAxis } from '../axis.ts';
import {
  type Drawn,
  drawnRows,
  latestOfSingles,
  numMeasured,
  type Span,
  secondOf,
  singleKey,
  smoothKey,
  spanKey,
} from '../chartRows.ts';
import { formatCount, formatNumber, formatTick } from '../format.ts';
import { HISTOGRAM } from '../histogram.ts';
import type { RunState } from '../runStore.ts';
import { type CompareBy, LETTERS, type Overlay } from '../runs.ts';
import { type Curve, curveOf, extentOf, makeCurve, placeCurves, placerOf, rangeIn } from '../runsChart.ts';
import { ACCURACY, bandSentence, ENTROPY, REWARD } from '../summary.ts';
import { type Swept, sweptOf } from '../sweep.ts';
import { type ChartView, windowOf } from '../zoom.ts';
import { PAPER, SLOT_COLOURS, SLOT_DASHES, sweepColour } from './palette.ts';

interface Line {
  id: string;
  kind: 'line' | 'points';
  label: string;
  colour: string;
}
interface Chart extends Drawn {
  title: string;
  series: Line[];
  overlaid: { slot: number; name: string; curve: Curve }[];
  optimum?: number;
  floor?: number;
  /** which replicas were told the same, where they differ */
  swept?: Swept;
}
/** What a picture shows. */
export interface Picture {
  title: string;
  subtitles: string[];
  by: CompareBy;
  charts: Chart[];
  marks: { number: number; place: number; text: string }[];
  /** the part of the axis that is looked at; undefined is all of it */
  window: Span | undefined;
  is_log: boolean;
}

const WIDTH = 1200;
const EDGE = { left: 92, right: 44, top: 24 };
const PLOT_HEIGHT = 270;
const AXIS_HEIGHT = 62;
const TITLE_HEIGHT = 116;
const LEGEND_LINE = 30;
const MARK_LINE = 26;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
const LETTER_WIDTH = 0.56; // of the font size, on average: where a legend's line breaks
const MAX_POINTS = 60;
const MARKS_SHOWN = 8;

/** What XML 1.0 calls a character: no control characters, no halves of pairs. */
const isCharacter = (code: number): boolean =>
  code >= 0x20 ? code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000 : code === 9 || code === 10;

/** Text inside XML: five characters are escaped, and what XML does not know is left out. */
const xml = (text: string): string =>
  [...text]
    .filter((c) => isCharacter(c.codePointAt(0)!))
    .join('')
    .replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);
const px = (value: number): string => String(Number(value.toFixed(2)));

/** What the page draws now: reward, entropy and the chosen charts, with the overlaid runs. */
export function pictureOf(
  state: RunState,
  {
    charted,
    overlays,
    by,
    view,
    titles,
  }: {
    charted: readonly string[];
    overlays: readonly Overlay[];
    by: CompareBy;
    /** smoothing, window, axis and single replicas, as on the page */
    view: ChartView;
    titles: { algorithm: string; task: string };
  },
): Picture {
  const { info, marks, metrics, spread } = state;
  const infos = new Map((info?.metrics ?? []).map((metric) => [metric.id, metric]));
  const label = (id: string) => infos.get(id)?.label ?? id;
  const series = (id: string, colour: string, kind: Line['kind'] = 'line'): Line => ({
    id,
    kind,
    label: label(id),
    colour,
  });
  const wanted: (Omit<Chart, keyof Drawn | 'overlaid'> & { title: string })[] = [
    {
      title: 'Reward',
      series: [
        series(REWARD, PAPER.reward),
        ...(infos.has(ACCURACY) && !spread ? [series(ACCURACY, PAPER.accuracy, 'points')] : []),
      ],
      optimum: info?.optimum,
    },
    { title: 'Entropy, nats', series: [series(ENTROPY, PAPER.entropy)], floor: 0 },
    ...charted
      .filter((id) => id !== HISTOGRAM)
      .map((id) => {
        const unit = infos.get(id)?.unit;
        return { title: unit ? `${label(id)}, ${unit}` : label(id), series: [series(id, PAPER.ink)] };
      }),
  ];
  const { smoothing } = view;
  const window = windowOf(view.zoom, metrics, by);
  const has_singles = (view.is_single || spread !== undefined) && metrics.num_replicas > 1;
  const as = { by, window, smoothing, has_singles };
  const charts = wanted.map((chart): Chart => {
    const ids = chart.series.map(({ id }) => id);
    const drawn = drawnRows(state, ids, as);
    return {
      ...chart,
      ...drawn,
      swept: spread && drawn.num_singles > 0 ? sweptOf(spread) : undefined,
      overlaid: overlays.map((overlay) => ({
        slot: overlay.slot,
        name: overlay.name,
        curve:
          !window && smoothing < 2
            ? curveOf(overlay.rows, ids[0], by)
            : makeCurve(overlay.rows, ids[0], by, window, smoothing),
      })),
    };
  });
  const seed = info?.config.seed ?? 1;
  const last = metrics.num_rows > 0 ? metrics.steps[metrics.num_rows - 1] : 0;
  const note = bandSentence(charts[0].steps_per_point, metrics.num_replicas, {
    ...charts[0],
    smoothing,
    swept: charts[0].swept?.title,
  });
  return {
    title: `${titles.algorithm} on ${titles.task}`,
    subtitles: [`Seed ${seed}, up to step ${formatCount(last)}.`, note].filter((text) => text !== ''),
    by,
    window,
    is_log: view.is_log,
    charts,
    marks: marks.slice(-MARKS_SHOWN).map(({ number, step, text }) => ({
      number,
      place: by === 'step' ? step : secondOf(state, step),
      text: `step ${formatCount(step)}: ${text}`,
    })),
  };
}

const text = (x: number, y: number, size: number, content: string, extra = '') =>
  `<text x="${px(x)}" y="${px(y)}" font-size="${size}" ${extra}>${xml(content)}</text>`;

interface Key {
  swatch: string;
  label: string;
}

function keysOf({ series, overlaid, rows, optimum, swept }: Chart): Key[] {
  const latest = (id: string) => rows.findLast((row) => typeof row[id] === 'number')?.[id];
  const line = (colour: string, dash = '') =>
    `<path d="M0 0H30" stroke="${colour}" stroke-width="3" fill="none"${dash ? ` stroke-dasharray="${dash}"` : ''}/>`;
  const value = (found: unknown) => (typeof found === 'number' ? formatNumber(found) : 'not measured');
  const cells = swept?.cells ?? [];
  return [
    ...cells.map(({ text, replicas }, index) => ({
      swatch: line(sweepColour(index, cells.length)),
      label: `${text}: ${value(latestOfSingles(rows, series[0].id, replicas))}`,
    })),
    ...(swept ? [] : series).map(({ id, kind, label, colour }, index) => ({
      swatch: kind === 'line' ? line(colour) : `<circle cx="15" cy="0" r="6" fill="${colour}"/>`,
      label: `${overlaid.length > 0 && index === 0 ? 'this run' : label}: ${value(latest(id))}`,
    })),
    ...overlaid.map(({ slot, name, curve }) => ({
      swatch: line(SLOT_COLOURS[slot], SLOT_DASHES[slot]),
      label: `${LETTERS[slot]} ${name}: ${value(curve.end < 0 ? undefined : curve.value[curve.end])}`,
    })),
    ...(optimum === undefined
      ? []
      : [{ swatch: line(PAPER.optimum, '6 5'), label: `optimum: ${formatNumber(optimum)}` }]),
  ];
}

/** The legend below a chart's title, broken into lines. */
function legend(keys: readonly Key[], top: number): { body: string; lines: number } {
  let x = EDGE.left;
  let line = 0;
  const body = keys.map(({ swatch, label }) => {
    const width = 40 + Math.min(label.length, 60) * 20 * LETTER_WIDTH + 28;
    if (x > EDGE.left && x + width > WIDTH - EDGE.right) {
      x = EDGE.left;
      line++;
    }
    const y = top + line * LEGEND_LINE;
    const shown = label.length > 60 ? `${label.slice(0, 59)}…` : label;
    const out = `<g transform="translate(${px(x)} ${px(y - 7)})">${swatch}</g>${text(x + 40, y, 20, shown)}`;
    x += width;
    return out;
  });
  return { body: body.join('\n'), lines: line + 1 };
}

const pathOf = (points: readonly (readonly [number, number])[]) =>
  points.length === 0 ? '' : `M${points.map(([x, y]) => `${px(x)} ${px(y)}`).join('L')}`;

function chartBody(chart: Chart, picture: Picture, top: number, index: number): { body: string; height: number } {
  const { rows, series, overlaid, optimum, floor, smooth, num_singles, swept } = chart;
  const { window } = picture;
  const out = [text(EDGE.left, top, 24, chart.title, 'font-weight="600"')];
  const keys = legend(keysOf(chart), top + 34);
  out.push(keys.body);
  const plot_top = top + 34 + keys.lines * LEGEND_LINE;
  const plot_width = WIDTH - EDGE.left - EDGE.right;
  const curves = overlaid.map(({ curve }) => curve);
  const extent = window ?? extentOf(rows, curves);
  const x = picture.by === 'step' ? stepAxis([extent], 10) : secondAxis(extent.first, extent.last, 10);
  const of_curves = curves.flatMap((curve) => (window ? rangeIn(curve, window) : [curve.low, curve.high]));
  const also = [optimum, ...of_curves].filter((value): value is number => value !== undefined && !Number.isNaN(value));
  const singles = (id: string) => Array.from({ length: num_singles }, (_, replica) => singleKey(id, replica));
  const keys_drawn = series.flatMap(({ id, kind }) =>
    kind === 'line' && num_singles > 0 ? [id, ...singles(id)] : [id, spanKey(id)],
  );
  const range = rangeOf(rows, keys_drawn, also);
  const is_log = picture.is_log && range.low > 0;
  if (floor !== undefined && !is_log) range.low = Math.min(range.low, floor);
  const y = (is_log ? logAxis : spanAxis)(range.low, range.high, 5);
  const area = {
    left: EDGE.left,
    top: plot_top,
    width: plot_width,
    height: PLOT_HEIGHT,
    x: x.domain,
    y: y.domain,
    is_log,
  };
  const { x_px, y_px } = placerOf(area);
  const clip = `clip-path="url(#plot-${index})"`;
  out.push(
    `<clipPath id="plot-${index}"><rect x="${EDGE.left - 6}" y="${px(plot_top - 6)}" width="${plot_width + 12}" height="${PLOT_HEIGHT + 12}"/></clipPath>`,
  );
  const bottom = plot_top + PLOT_HEIGHT;
  for (const tick of y.ticks) {
    out.push(`<path d="M${EDGE.left} ${px(y_px(tick))}H${WIDTH - EDGE.right}" stroke="${PAPER.grid}"/>`);
    out.push(text(EDGE.left - 10, y_px(tick) + 6, 18, formatTick(tick), `text-anchor="end" fill="${PAPER.muted}"`));
  }
  out.push(`<path d="M${EDGE.left} ${px(bottom)}H${WIDTH - EDGE.right}" stroke="${PAPER.line}"/>`);
  for (const tick of x.ticks) {
    const said = picture.by === 'step' ? formatCount(tick) : formatTick(tick);
    out.push(text(x_px(tick), bottom + 24, 18, said, `text-anchor="middle" fill="${PAPER.muted}"`));
  }
  const axis = picture.by === 'step' ? 'step' : 'seconds';
  out.push(text(EDGE.left + plot_width / 2, bottom + 48, 18, axis, `text-anchor="middle" fill="${PAPER.muted}"`));
  if (optimum !== undefined)
    out.push(
      `<path d="M${EDGE.left} ${px(y_px(optimum))}H${WIDTH - EDGE.right}" stroke="${PAPER.optimum}" stroke-width="2" stroke-dasharray="6 5"/>`,
    );
  for (const { number, place } of picture.marks) {
    if (!(place >= x.domain[0] && place <= x.domain[1])) continue;
    out.push(
      `<path d="M${px(x_px(place))} ${px(plot_top)}V${px(bottom)}" stroke="${PAPER.ink}" stroke-dasharray="2 3"/>`,
    );
    out.push(text(x_px(place) + 4, plot_top + 14, 16, String(number), 'font-weight="600"'));
  }
  for (const { id, kind, colour } of [...series].reverse()) {
    if (kind === 'points' || num_singles > 0) continue;
    const spans = rows.flatMap((row) => {
      const value = row[id];
      if (typeof value !== 'number') return [];
      const span = row[spanKey(id)];
      return [{ at: x_px(row.step), span: Array.isArray(span) ? span : [value, value] }];
    });
    if (!spans.some(({ span }) => span[1] > span[0])) continue;
    const up = spans.map(({ at, span }) => [at, y_px(span[1])] as const);
    const down = spans.map(({ at, span }) => [at, y_px(span[0])] as const).reverse();
    out.push(`<path ${clip} d="${pathOf([...up, ...down])}Z" fill="${colour}" fill-opacity="0.25"/>`);
  }
  const placed = placeCurves(overlaid, area);
  for (const { slot, path, transform } of placed) {
    out.push(
      `<g ${clip}><path d="${path}" transform="${transform}" fill="none" stroke="${SLOT_COLOURS[slot]}" stroke-width="2.2" stroke-dasharray="${SLOT_DASHES[slot]}" vector-effect="non-scaling-stroke"/></g>`,
    );
  }
  const line = (key: string, colour: string, width: number, opacity = 1) => {
    const points = rows.flatMap((row) => {
      const value = row[key];
      return typeof value === 'number' ? [[x_px(row.step), y_px(value)] as const] : [];
    });
    out.push(
      `<path ${clip} d="${pathOf(points)}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-opacity="${opacity}" stroke-linejoin="round" data-metric="${xml(key)}"/>`,
    );
    return points;
  };
  for (const { id, kind, colour } of [...series].reverse()) {
    if (kind === 'points') {
      const points = line(id, colour, 2);
      if (numMeasured(rows, id) > MAX_POINTS) continue;
      for (const [cx, cy] of points) out.push(`<circle ${clip} cx="${px(cx)}" cy="${px(cy)}" r="5" fill="${colour}"/>`);
      continue;
    }
    if (swept) {
      swept.cells.forEach(({ replicas }, index) => {
        for (const replica of replicas) line(singleKey(id, replica), sweepColour(index, swept.cells.length), 2.2);
      });
      continue;
    }
    for (const key of singles(id)) line(key, colour, 1.2, 0.6);
    if (smooth > 0 && num_singles === 0) line(id, colour, 1.2, 0.5);
    line(smooth > 0 ? smoothKey(id) : id, colour, 3);
  }
  for (const { slot, label } of placed)
    out.push(text(label.x, label.y + 5, 18, LETTERS[slot], `font-weight="700" fill="${SLOT_COLOURS[slot]}"`));
  return { body: out.join('\n'), height: bottom + AXIS_HEIGHT - top };
}

/** The picture as an SVG file, and its size. */
export function pictureSvg(picture: Picture): { svg: string; width: number; height: number } {
  let top = EDGE.top + TITLE_HEIGHT;
  const body: string[] = [];
  for (const [index, chart] of picture.charts.entries()) {
    const drawn = chartBody(chart, picture, top, index);
    body.push(`<g>${drawn.body}</g>`);
    top += drawn.height + 30;
  }
  picture.marks.forEach((mark, k) => {
    const said = `${mark.number}  ${mark.text}`;
    body.push(text(EDGE.left, top + k * MARK_LINE, 18, said.length > 110 ? `${said.slice(0, 109)}…` : said));
  });
  const height = Math.ceil(top + picture.marks.length * MARK_LINE);
  const svg = `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="${xml(FONT)}" fill="${PAPER.ink}" role="img">
<title>${xml(picture.title)}</title>
<rect width="${WIDTH}" height="${height}" fill="${PAPER.surface}"/>
${text(EDGE.left, EDGE.top + 26, 30, picture.title, 'font-weight="700"')}
${picture.subtitles.map((said, k) => text(EDGE.left, EDGE.top + 54 + 24 * k, 18, said, `fill="${PAPER.muted}"`)).join('\n')}
${body.join('\n')}
</svg>
`;
  return { svg, width: WIDTH, height };
}
