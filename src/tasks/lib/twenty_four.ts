/** Solver of the 24 game with exact fractions: every way to join the numbers two at a time. */

/** Symbols of the formula; a number n is the symbol n − 1. */
export const OP = { plus: 16, minus: 17, times: 18, over: 19, open: 20, close: 21 } as const;

interface Node {
  num: number;
  den: number;
  op?: number;
  left?: Node;
  right?: Node;
}

/** The formulas of two joined nodes; a quotient by zero is left out. */
function joined(a: Node, b: Node): Node[] {
  const cross = [a.num * b.den, b.num * a.den];
  const den = a.den * b.den;
  const out: Node[] = [
    { num: cross[0] + cross[1], den, op: OP.plus, left: a, right: b },
    { num: cross[0] - cross[1], den, op: OP.minus, left: a, right: b },
    { num: cross[1] - cross[0], den, op: OP.minus, left: b, right: a },
    { num: a.num * b.num, den, op: OP.times, left: a, right: b },
  ];
  if (b.num !== 0) out.push({ num: cross[0], den: cross[1], op: OP.over, left: a, right: b });
  if (a.num !== 0) out.push({ num: cross[1], den: cross[0], op: OP.over, left: b, right: a });
  return out;
}

/** Calls `found` with every formula that gives the goal until it returns true; true if it did. */
function search(nodes: Node[], goal: number, found: (root: Node) => boolean): boolean {
  if (nodes.length === 1) return nodes[0].num === goal * nodes[0].den && found(nodes[0]);
  for (let i = 0; i < nodes.length; i++) {
    for (let j = i + 1; j < nodes.length; j++) {
      const rest = nodes.filter((_, k) => k !== i && k !== j);
      for (const node of joined(nodes[i], nodes[j])) if (search([...rest, node], goal, found)) return true;
    }
  }
  return false;
}

/** The formula's symbols with no more parentheses than its value needs. */
function written({ num, op, left, right }: Node): number[] {
  if (op === undefined) return [num - 1];
  const is_sum = (node: Node) => node.op === OP.plus || node.op === OP.minus;
  const inside = (node: Node, needs: boolean) => (needs ? [OP.open, ...written(node), OP.close] : written(node));
  const product = op === OP.times || op === OP.over;
  const left_needs = product && is_sum(left!);
  const right_needs =
    (product && is_sum(right!)) || (op === OP.minus && is_sum(right!)) || (op === OP.over && right!.op !== undefined);
  return [...inside(left!, left_needs), op, ...inside(right!, right_needs)];
}

const leaves = (values: readonly number[]): Node[] => values.map((num) => ({ num, den: 1 }));

/** Whether the values give the goal with + − × ÷, each used once. */
export const isSolvable = (values: readonly number[], goal: number): boolean =>
  search(leaves(values), goal, () => true);

/** All different formulas that give the goal. */
export function solutionsOf(values: readonly number[], goal: number): number[][] {
  const out = new Map<string, number[]>();
  search(leaves(values), goal, (root) => {
    const formula = written(root);
    out.set(formula.join(' '), formula);
    return false;
  });
  return [...out.values()];
}
