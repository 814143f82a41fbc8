// How much of each edge is shown: as much as there is room for.

const MOST_TILES = 60;
const GAP = 2, TILE = 216, TILE_GAP = 8, FEW_ROWS = 2;
const DIGIT = 7, MARK = 14, NUMBER_HEIGHT = 22, VALUE_WIDTH = 68, VALUE_HEIGHT = 38;
const NUMBERS_HEIGHTS = 2;

function fit(count, cell, height, width, most) {
  const across = Math.max(1, Math.floor((width + GAP) / (cell + GAP)));
  return Math.ceil(count / across) * (height + GAP) <= most;
}

/**
 * What is shown of each of `count` edges in a place `width` wide, in a window `height` high: "tiles" with all values;
 * cells with number and power ("values"), with the number ("numbers"), or "cells" with the state alone. `cell` is the
 * least width of a cell, `digits` the length of the longest number.
 */
export function room(count, digits, width, height) {
  if (count <= MOST_TILES) return { show: "tiles", cell: 0 };
  if (fit(count, VALUE_WIDTH, VALUE_HEIGHT, width, height)) return { show: "values", cell: VALUE_WIDTH };
  const cell = digits * DIGIT + MARK;
  if (fit(count, cell, NUMBER_HEIGHT, width, NUMBERS_HEIGHTS * height)) return { show: "numbers", cell };
  return { show: "cells", cell: NUMBER_HEIGHT };
}

/** Whether so few tiles leave room for the panel below them instead of beside them. */
export function isFew(count, width) {
  return count <= FEW_ROWS * Math.max(1, Math.floor((width + TILE_GAP) / (TILE + TILE_GAP)));
}
