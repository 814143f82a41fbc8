// Which edges a search finds, and which of them comes first.

const [WHOLE, BEGINNING, ELSEWHERE] = [0, 1, 2];

/** How well a name fits one of the words: `edge17` fits `edge17` and `17` as a whole. */
function rank(name, words) {
  const number = name.replace(/^\D+/, "");
  if (words.some((word) => word === name || word === number)) return WHOLE;
  return words.some((word) => name.startsWith(word) || number.startsWith(word)) ? BEGINNING : ELSEWHERE;
}

/** The names of the edges ({name: [state, why, …, node]}) that the text finds, the best first, else in the fleet's order. */
export function hits(edges, text, only = "") {
  const words = text.toLowerCase().split(/[\s,]+/).filter(Boolean);
  const matches = ([name, [state, why, , , , node = ""]]) => {
    if (only && state !== only) return false;
    const all = `${name} ${state} ${why} ${node}`.toLowerCase();
    return words.includes(name.toLowerCase()) || words.every((word) => all.includes(word));
  };
  const names = Object.entries(edges).filter(matches).map(([name]) => name);
  if (!words.length) return names;
  const ranks = new Map(names.map((name) => [name, rank(name.toLowerCase(), words)]));
  return names.sort((a, b) => ranks.get(a) - ranks.get(b));
}
