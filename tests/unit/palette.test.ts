/** The page's colours apart for every kind of colour vision, as far as colour alone has to tell things apart. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

const SCHEMES = ['light', 'dark'] as const;
type Scheme = (typeof SCHEMES)[number];

/** Every variable of the page that is a `light-dark()` pair of two colours. */
function palette(): Map<string, Record<Scheme, string>> {
  const found = new Map<string, Record<Scheme, string>>();
  for (const file of ['src/ui/page.css', 'src/ui/runs/overlays.css'])
    for (const [, name, light, dark] of readFileSync(file, 'utf8').matchAll(
      /--([\w-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);/g,
    ))
      found.set(name, { light, dark });
  return found;
}

const apply = (matrix: Matrix, [a, b, c]: Triple): Triple => {
  const row = ([x, y, z]: Triple) => x * a + y * b + z * c;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
};

/** Linear light of an sRGB colour, by IEC 61966-2-1. */
function linearOf(hex: string): Triple {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(0), channel(2), channel(4)];
}

/**
 * What those see who lack one kind of cone: the matrices of severity 1.0, on linear light, of Machado, Oliveira and
 * Fernandes, “A Physiologically-based Model for Simulation of Color Vision Deficiency”, IEEE TVCG 15 (6), 2009.
 */
const VISION: Record<string, Matrix> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const TO_LMS: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const TO_LAB: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];

/** OKLab (Björn Ottosson, 2020) of linear light; what a simulation puts outside the gamut is brought to its edge. */
function labOf(linear: Triple): Triple {
  const [l, m, s] = apply(TO_LMS, linear.map((value) => Math.min(1, Math.max(0, value))) as unknown as Triple);
  return apply(TO_LAB, [Math.cbrt(l), Math.cbrt(m), Math.cbrt(s)]);
}

/** How far apart two colours are in OKLab: black and white are 1 apart. */
function distance(a: string, b: string, vision: string): number {
  const [one, other] = [a, b].map((hex) => labOf(apply(VISION[vision], linearOf(hex))));
  return Math.hypot(...one.map((value, axis) => value - other[axis]));
}

/** The two of some pairs of variables that are hardest to tell apart, over both grounds and every kind of vision. */
function closest(pairs: readonly (readonly [string, string])[]) {
  const colors = palette();
  return SCHEMES.flatMap((scheme) =>
    Object.keys(VISION).flatMap((vision) =>
      pairs.map(([a, b]) => {
        const apart = distance(colors.get(a)![scheme], colors.get(b)![scheme], vision);
        return { apart, what: `${a} and ${b}, ${scheme}, ${vision}` };
      }),
    ),
  ).sort((a, b) => a.apart - b.apart);
}

const OVERLAYS = Array.from({ length: 8 }, (_, slot) => `run-${slot}`);
const LIVE = ['reward', 'accuracy', 'entropy'];
const LEVELS = [1, 2, 3, 4];

/** Fails where two of some pairs are closer than that, and says how close the closest are; an eye notices some 0.02. */
function expectApart(what: string, pairs: readonly (readonly [string, string])[], least: number): void {
  const [{ apart, what: which }] = closest(pairs);
  console.log(`${what}: ${apart.toFixed(3)} apart at least (${which})`);
  expect(apart, which).toBeGreaterThan(least);
}

describe('colours are apart with normal vision, protanopia, deuteranopia and tritanopia, in light and in dark', () => {
  test('the measure knows black from white, and red from green as those see it who lack a kind of cone', () => {
    expect(distance('000000', 'ffffff', 'normal')).toBeCloseTo(1);
    for (const vision of Object.keys(VISION)) expect(distance('000000', 'ffffff', vision)).toBeCloseTo(1, 4);
    const [normal, protan] = ['normal', 'protanopia'].map((vision) => distance('cc5500', '7a8000', vision));
    expect(protan).toBeLessThan(normal / 2);
  });

  // These distances are small for thin lines, so kept runs have dashes and letters too. Accuracy is drawn as points beside
  // the reward's line: without cones for blue their two colours are nearly one, 0.03 apart.
  test('kept runs from each other and from the live lines, and the lines of one chart from those of the other', () => {
    const all = [...LIVE, ...OVERLAYS];
    const pairs = all.flatMap((a, at) => all.slice(0, at).map((b) => [a, b] as const));
    expectApart(
      'lines',
      pairs.filter((pair) => !['accuracy', 'reward'].every((name) => pair.includes(name))),
      0.07,
    );
  });

  // Tokens have their sign in the corner too.
  test('coefficients that push up from those that push down', () => {
    const pairs = LEVELS.flatMap((up) => LEVELS.map((down) => [`up-${up}`, `down-${down}`] as const));
    expectApart('up and down', pairs, 0.05);
    const strong = LEVELS.slice(1).map((level) => [`up-${level}`, `down-${level}`] as const);
    expectApart('up and down from the second level on', strong, 0.11);
  });
});
