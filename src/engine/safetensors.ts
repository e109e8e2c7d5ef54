/**
 * Files of the safetensors format: an 8-byte header length, a JSON header with type, shape and place of every tensor, then
 * the raw little-endian values, one tensor behind the other.
 */
import { isRecord, Unreadable } from './readers.ts';
import type { Numbers } from './twin.ts';

const MAX_HEADER_BYTES = 16 * 1024 ** 2;
const TYPES = { F32: Float32Array, F64: Float64Array, U32: Uint32Array } as const;
type Dtype = keyof typeof TYPES;

/** Values with the sizes of their dimensions, the last one running fastest. */
export interface Tensor {
  data: Numbers;
  shape: number[];
}

/** What a file holds: tensors by name, and texts by name. */
export interface Safetensors {
  tensors: Record<string, Tensor>;
  metadata: Record<string, string>;
}

const dtypeOf = (data: Numbers): Dtype =>
  data instanceof Uint32Array ? 'U32' : data instanceof Float64Array ? 'F64' : 'F32';

/** The file's bytes. Tensors lie in the order of their names, wide types first, so that every one is aligned. */
export function encodeSafetensors({ tensors, metadata }: Safetensors): ArrayBuffer {
  const names = Object.keys(tensors).sort((a, b) => {
    const wide = tensors[b].data.BYTES_PER_ELEMENT - tensors[a].data.BYTES_PER_ELEMENT;
    return wide !== 0 ? wide : a < b ? -1 : 1;
  });
  const header: Record<string, unknown> = { __metadata__: metadata };
  let at = 0;
  for (const name of names) {
    const { data, shape } = tensors[name];
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [at, at + data.byteLength] };
    at += data.byteLength;
  }
  const encoded = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(encoded.length / 8) * 8;
  const out = new ArrayBuffer(8 + length + at);
  new DataView(out).setBigUint64(0, BigInt(length), true);
  const head = new Uint8Array(out, 8, length).fill(0x20);
  head.set(encoded);
  let from = 8 + length;
  for (const name of names) {
    const { data } = tensors[name];
    new Uint8Array(out, from, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    from += data.byteLength;
  }
  return out;
}

const wrong = (what: string, wanted: string): never => {
  throw new Unreadable(`found ${what}, wanted ${wanted}`);
};
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Reads a file; throws `Unreadable`, with what was found and what was wanted, when it is none. Every value is copied. */
export function decodeSafetensors(file: ArrayBuffer): Safetensors {
  if (file.byteLength < 10) wrong(`${file.byteLength} bytes`, 'a safetensors file');
  const length = Number(new DataView(file).getBigUint64(0, true));
  if (!(length > 1 && length <= MAX_HEADER_BYTES && 8 + length <= file.byteLength))
    wrong('a file of another format', 'a safetensors file');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(file, 8, length)));
  } catch {
    wrong('a header that is not JSON', 'a safetensors header');
  }
  if (!isRecord(header)) return wrong('a header that is no object', 'a safetensors header');
  const metadata: Record<string, string> = Object.create(null);
  const raw = isRecord(header.__metadata__) ? header.__metadata__ : {};
  for (const [key, value] of Object.entries(raw)) if (typeof value === 'string') metadata[key] = value;
  const tensors: Record<string, Tensor> = Object.create(null);
  const body = 8 + length;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const shown = `'${name.slice(0, 40)}'`;
    if (!isRecord(entry)) return wrong(`no description of tensor ${shown}`, 'type, shape and place');
    const { dtype, shape, data_offsets } = entry;
    const Values = typeof dtype === 'string' && Object.hasOwn(TYPES, dtype) ? TYPES[dtype as Dtype] : undefined;
    if (!Values) return wrong(`tensor ${shown} of type '${String(dtype).slice(0, 40)}'`, Object.keys(TYPES).join(', '));
    const [from, to] = Array.isArray(data_offsets) ? data_offsets : [];
    if (!isWhole(from) || !isWhole(to) || from > to || body + to > file.byteLength)
      return wrong(`tensor ${shown} outside the file`, 'the whole file');
    if (!Array.isArray(shape) || !shape.every(isWhole))
      return wrong(`tensor ${shown} without a shape`, 'a list of sizes');
    const count = shape.reduce((product, size) => product * size, 1);
    if (count * Values.BYTES_PER_ELEMENT !== to - from)
      return wrong(`${to - from} bytes for tensor ${shown}`, `${count * Values.BYTES_PER_ELEMENT}, as its shape says`);
    tensors[name] = { data: new Values(file.slice(body + from, body + to)), shape: shape as number[] };
  }
  return { tensors, metadata };
}
