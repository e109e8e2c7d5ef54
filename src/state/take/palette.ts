/** Colours and dashes of a picture: those of the light page, whatever the reader's own page looks like. */
export const PAPER = {
  surface: '#ffffff',
  ink: '#14171d',
  muted: '#525966',
  grid: '#e4e7eb',
  line: '#858d9b',
  reward: '#0b62a8',
  accuracy: '#00735a',
  entropy: '#b04a00',
  optimum: '#525966',
} as const;

/** Of kept runs by slot. */
export const SLOT_COLOURS = [
  '#9600ff',
  '#692d00',
  '#3c3c5a',
  '#e10069',
  '#2d00d2',
  '#962d87',
  '#690096',
  '#1e78c3',
] as const;
/** Of kept runs by slot; a solid line is the live run. */
export const SLOT_DASHES = ['9 4', '2.5 3', '12 4 2.5 4', '18 5', '5 3', '12 4 2.5 3 2.5 4', '2.5 6', '6 7'] as const;

/** Of a sweep's values from the lowest to the highest, between which the others lie. */
const SWEEP_COLOURS = ['#2a1a6e', '#1f7f93', '#c07a00'] as const;

/** The colour of one of a sweep's values, by its place among them. */
export function sweepColour(index: number, count: number): string {
  const along = count < 2 ? 0 : (2 * index) / (count - 1);
  const from = Math.min(1, Math.floor(along));
  const channel = (colour: string, k: number) => Number.parseInt(colour.slice(1 + 2 * k, 3 + 2 * k), 16);
  const mixed = [0, 1, 2].map((k) => {
    const low = channel(SWEEP_COLOURS[from], k);
    return Math.round(low + (channel(SWEEP_COLOURS[from + 1], k) - low) * (along - from));
  });
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
