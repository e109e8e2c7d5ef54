/** A small strict reader of XML without DTDs, namespaces and CDATA: enough to say whether a drawing is well-formed. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  /** elements of a name anywhere inside */
  count(name: string): number;
  /** the texts of all elements, in order */
  texts(): string[];
}

const decode = (text: string): string => {
  if (/&(?!#\d+;|amp;|lt;|gt;|quot;|apos;)/.test(text)) throw new Error(`A bare & in '${text.slice(0, 40)}'.`);
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
};

/** What XML 1.0 calls a character. */
const isCharacter = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  code >= 0x10000;

export function readXml(text: string): Element {
  const bad = [...text].find((c) => !isCharacter(c.codePointAt(0)!));
  if (bad) throw new Error(`Character ${bad.codePointAt(0)} is none of XML.`);
  const names: string[] = [];
  const texts: string[] = [];
  const open: string[] = [];
  let root: Pick<Element, 'name' | 'attributes'> | undefined;
  const body = text.replace(/^<\?xml [^?]*\?>\n/, '');
  const token = /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
  while (token.lastIndex < body.length) {
    const at = token.lastIndex;
    const found = token.exec(body);
    if (!found) throw new Error(`No XML at '${body.slice(at, at + 60)}'.`);
    const [, is_end, name, attributes, is_empty, words] = found;
    if (words !== undefined) {
      if (words.includes(']]>')) throw new Error('A bare ]]>.');
      if (open.length === 0 && words.trim() !== '') throw new Error(`Text outside the root: '${words}'.`);
      if (words.trim() !== '') texts.push(decode(words));
      continue;
    }
    if (is_end) {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing.`);
      continue;
    }
    if (open.length === 0 && root) throw new Error('Two roots.');
    const pairs = [...attributes.matchAll(/([\w:.-]+)="([^"]*)"/g)].map(
      ([, key, value]) => [key, decode(value)] as const,
    );
    if (new Set(pairs.map(([key]) => key)).size !== pairs.length) throw new Error(`An attribute twice in <${name}>.`);
    root ??= { name, attributes: Object.fromEntries(pairs) };
    names.push(name);
    if (!is_empty) open.push(name);
  }
  if (open.length > 0 || !root) throw new Error(`<${open.at(-1)}> has no end.`);
  return { ...root, count: (name) => names.filter((one) => one === name).length, texts: () => texts };
}
