/** Independent readers of what leaves the page: libraries that know nothing of our writers, and our published schemas. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'csv-parse/sync';
import { PNG } from 'pngjs';
import { SaxesParser } from 'saxes';

/** The fields of a CSV file, record by record; throws where the text is none, or records differ in length. */
export const readCsv = (text: string): string[][] => parse(text, { record_delimiter: '\r\n' });

/** What a drawing consists of. */
export interface Drawing {
  name: string;
  attributes: Record<string, string>;
  /** elements of a name anywhere inside */
  count(name: string): number;
  /** the texts of all elements, in order */
  texts: string[];
}

/** Reads XML; throws where it is not well-formed. */
export function readXml(text: string): Drawing {
  const names: string[] = [];
  const texts: string[] = [];
  let attributes: Record<string, string> | undefined;
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    names.push(tag.name);
    attributes ??= tag.attributes as Record<string, string>;
  });
  parser.on('text', (words) => words.trim() !== '' && texts.push(words));
  parser.write(text).close();
  return {
    name: names[0],
    attributes: attributes!,
    count: (name) => names.filter((one) => one === name).length,
    texts,
  };
}

/** Size of a PNG and how many different colours it has; throws where it is none. */
export function readPng(data: Buffer): { width: number; height: number; colours: number } {
  const { width, height, data: pixels } = PNG.sync.read(data);
  const colours = new Set<number>();
  for (let at = 0; at < pixels.length; at += 4) colours.add(pixels.readUInt32BE(at));
  return { width, height, colours: colours.size };
}

const folder = fileURLToPath(new URL('../../../public/schemas/', import.meta.url));
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
for (const file of readdirSync(folder)) ajv.addSchema(JSON.parse(readFileSync(folder + file, 'utf8')));

/** What a schema of ours has to say against a document; none where it fits. */
export function complaints(schema: string, document: unknown): string[] {
  const validate = ajv.getSchema(`${schema}.schema.json`);
  if (!validate) throw new Error(`There is no schema '${schema}' in public/schemas.`);
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The metadata of a checkpoint or bundle with its values parsed, as its schema describes them. */
export const parsedMetadata = (metadata: Record<string, string>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, key === 'format' ? value : JSON.parse(value)]),
  );
