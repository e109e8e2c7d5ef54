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
