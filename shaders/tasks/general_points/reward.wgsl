// general_points: the verifier of one attempt. In this order: −3 for a symbol that no formula has; −3 for each symbol
// that may not follow its predecessor and each ')' without '('; −2 for numbers not in the hand or used too often; −2 for
// cards left over; then, if nothing was wrong, 5 for the goal, 1 if only closing parentheses or the end are missing,
// else −1. Values are exact fractions: each card is used once, so numerators stay below 2³ · 13⁴.
// Paper   arXiv 2501.17161, rewards of the public verifier; its floating-point equality is replaced by exact fractions
// Symbols 0 … 12 numbers 1 … 13, then J Q K + - * / ( ) end
// Twin    src/tasks/general_points.ts

override cards: u32;
override goal: u32;
override end_symbol: u32;

const general_points_jack = 13u;
const general_points_plus = 16u;
const general_points_minus = 17u;
const general_points_times = 18u;
const general_points_over = 19u;
const general_points_open = 20u;
const general_points_close = 21u;

var<private> general_points_value: array<vec2i, 4>; // numerator, denominator; (0, 0) after a division by zero
var<private> general_points_top: u32;

fn general_points_card(card: u32) -> u32 {
  let face = select(10u, card - 2u, hyper.face_cards > 0.5);
  return select(face, card + 1u, card < general_points_jack);
}

// Replaces the two topmost values by their result; a formula of right form always has two here.
fn general_points_apply(op: u32) {
  if (general_points_top < 2u) {
    return;
  }
  let a = general_points_value[general_points_top - 2u];
  let b = general_points_value[general_points_top - 1u];
  var c = vec2i(a.x * b.x, a.y * b.y);
  if (op == general_points_plus) {
    c.x = a.x * b.y + b.x * a.y;
  } else if (op == general_points_minus) {
    c.x = a.x * b.y - b.x * a.y;
  } else if (op == general_points_over) {
    c = select(vec2i(a.x * b.y, a.y * b.x), vec2i(0, 0), b.x == 0);
  }
  general_points_top -= 1u;
  general_points_value[general_points_top - 1u] = c;
}

// The cost of the form, of the numbers and of the cards left over.
fn general_points_breaches(end: u32) -> i32 {
  var total = 0;
  var depth = 0u;
  var after_value = false;
  var balance: array<i32, 14>; // times used minus times in the hand, by number
  for (var j = 0u; j < cards; j++) {
    balance[general_points_card(prompt_symbol(j))] -= 1;
  }
  for (var i = 0u; i < end; i++) {
    let symbol = response_symbol(i);
    let is_number = symbol < general_points_jack;
    let is_close = symbol == general_points_close;
    let wants_value_before = !is_number && symbol != general_points_open;
    if (after_value != wants_value_before) {
      total -= 3;
    } else if (symbol == general_points_open) {
      depth += 1u;
    } else if (is_close && depth > 0u) {
      depth -= 1u;
    } else if (is_close) {
      total -= 3;
    }
    if (is_number) {
      balance[symbol + 1u] += 1;
    }
    after_value = is_number || is_close;
  }
  var too_often = false;
  var too_rarely = false;
  for (var n = 1u; n <= 13u; n++) {
    too_often = too_often || balance[n] > 0;
    too_rarely = too_rarely || balance[n] < 0;
  }
  return total - select(0, 2, too_often) - select(0, 2, too_rarely);
}

fn reward(length: u32) -> f32 {
  var end = 0u;
  while (end < length && response_symbol(end) != end_symbol) {
    let symbol = response_symbol(end);
    end++;
    if (symbol > general_points_close || (symbol >= general_points_jack && symbol < general_points_plus)) {
      return -3.0;
    }
  }
  let total = general_points_breaches(end);
  if (total != 0) {
    return f32(total);
  }
  // two stacks, values and operators; a context has at most 64 symbols
  var waiting: array<u32, 64>;
  var num_waiting = 0u;
  general_points_top = 0u;
  for (var i = 0u; i < end; i++) {
    let symbol = response_symbol(i);
    if (symbol < general_points_jack) {
      general_points_value[min(general_points_top, 3u)] = vec2i(i32(symbol) + 1, 1);
      general_points_top += 1u;
      continue;
    }
    if (symbol != general_points_open) {
      // apply what binds at least as strongly, back to the last '('
      let is_product = symbol == general_points_times || symbol == general_points_over;
      while (num_waiting > 0u) {
        let op = waiting[num_waiting - 1u];
        if (op == general_points_open || (is_product && op < general_points_times)) {
          break;
        }
        general_points_apply(op);
        num_waiting -= 1u;
      }
    }
    if (symbol != general_points_close) {
      waiting[min(num_waiting, 63u)] = symbol;
      num_waiting += 1u;
    } else if (num_waiting > 0u) {
      num_waiting -= 1u;
    }
  }
  // a formula that ends with an operator or '(' has no value
  let last = response_symbol(end - 1u);
  let has_value = last < general_points_jack || last == general_points_close;
  var num_unclosed = 0u;
  while (num_waiting > 0u) {
    num_waiting -= 1u;
    if (waiting[num_waiting] == general_points_open) {
      num_unclosed += 1u;
    } else {
      general_points_apply(waiting[num_waiting]);
    }
  }
  let value = general_points_value[0];
  if (!has_value || value.y == 0 || value.x != i32(goal) * value.y) {
    return -1.0;
  }
  return select(5.0, 1.0, num_unclosed > 0u || end == length);
}
