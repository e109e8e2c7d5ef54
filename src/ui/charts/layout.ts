/** Pixels around the plotting area: the reading line is placed by pointer, so the page must know them exactly. */
export const PLOT = { left: 52, right: 14, top: 20, bottom: 26 } as const;

/** The plotting area in a picture of this size. */
export const plotIn = (width: number, height: number) => ({
  left: PLOT.left,
  top: PLOT.top,
  width: width - PLOT.left - PLOT.right,
  height: height - PLOT.top - PLOT.bottom,
});
