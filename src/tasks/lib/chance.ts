/** Whether something of this probability happens; to within one 65,536th, so that `draw` stays a draw of integers. */
export const happens = (draw: (n: number) => number, probability: number): boolean => draw(65536) < probability * 65536;
