/** Pixels around the plotting area: the reading line is placed by pointer, so the page must know them exactly. */
export const PLOT = { left: 52, right: 14, top: 20, bottom: 26 } as const;
