/** Hand-made dispatches of the matrix products. */
import type { Case, Dims } from './kernelCases.ts';

/** Sizes of the matrix products: rows × inputs → outputs, each awkward in its own way. */
const PRODUCTS = [
  [1, 16, 8],
  [63, 16, 24],
  [64, 32, 8],
  [65, 16, 16],
  [17, 48, 40],
];

/** Cases of x W, blocks of so many rows and columns per invocation. */
export function forwardProducts(d: Dims, block_rows: number, block_columns: number): Case[] {
  return PRODUCTS.flatMap(([count, input, output]) => {
    const step = d.replica; // a strided range where there are replicas
    const [x_rows, y_rows] = [count * step + 1, 2 * count * step + 4];
    const base = {
      weight: 64,
      x: input,
      y: output * 2,
      first: step - 1,
      row_step: step,
      count,
      x_stride: x_rows * input,
      y_stride: y_rows * output,
    };
    return ['store', 'add'].map((matmul_epilogue) => ({
      size: { input, output, param_stride: 64 + input * output, x_stride: base.x_stride, y_stride: base.y_stride },
      at: { ...base, residual: matmul_epilogue === 'store' ? base.y : (3 + count * step) * output },
      slots: { matmul_epilogue },
      over: ['replica', Math.ceil(count / block_rows), Math.ceil(output / block_columns)],
    }));
  });
}

/** Cases of its gradient with respect to x or to W. */
export function backwardProducts(kind: 'input' | 'weight', block_rows: number, block_columns: number): Case[] {
  return PRODUCTS.flatMap(([count, input, output]) => {
    const strides = { x_stride: (count + (kind === 'weight' ? 1 : 0)) * input, y_stride: count * output };
    const size = { input, output, param_stride: 64 + input * output, ...strides };
    if (kind === 'input') {
      return [
        {
          size,
          at: { weight: 64, count, ...strides },
          over: ['replica', Math.ceil(count / block_rows), Math.ceil(input / block_columns)],
        },
      ];
    }
    return [1, 3].map((split) => ({
      size: { ...size, split },
      at: { weight: 64, x: input, count, ...strides },
      over: ['replica', split, Math.ceil(input / block_rows), Math.ceil(output / block_columns)],
    }));
  });
}
