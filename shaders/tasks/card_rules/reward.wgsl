// card_rules: 1 if the response is the hand again, and no card that the rule puts first lies behind one of the others.
// Twin    src/tasks/card_rules.ts

override numbers: u32;

fn card_rules_is_first(card: u32) -> bool {
  switch prompt_symbol(0u) - numbers {
    case 0u: { return card % 2u == 0u; }
    case 1u: { return card % 2u == 1u; }
    case 2u: { return 2u * card < numbers; }
    default: { return 2u * card >= numbers; }
  }
}

fn reward(length: u32) -> f32 {
  let cards = prompt_position - 1u;
  if (length != cards) {
    return 0.0;
  }
  var is_right = true;
  for (var t = 0u; t < cards; t++) {
    let card = response_symbol(t);
    var missing = 0i; // how often the hand has this card more than the response
    for (var j = 0u; j < cards; j++) {
      missing += select(0i, 1i, prompt_symbol(1u + j) == card) - select(0i, 1i, response_symbol(j) == card);
    }
    let is_late = t > 0u && card_rules_is_first(card) && !card_rules_is_first(response_symbol(t - 1u));
    is_right = is_right && missing == 0i && !is_late;
  }
  return select(0.0, 1.0, is_right);
}
