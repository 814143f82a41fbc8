// What the lamp at the top shows. It is green only if every edge is online by an answer that is not late.

export const LAMPS = {
  waiting: "asking",
  lost: "no connection",
  unasked: "no answer",
  none: "no edges",
  ill: "not all online",
  well: "all online",
};

/** One of LAMPS. `asked` says whether a look has been finished; `problem` is why nothing could be asked. */
export function lamp({ asked, linked, late, problem, all, online }) {
  if (!asked && linked) return "waiting";
  if (!linked || late) return "lost";
  if (!all) return "none";
  if (problem) return "unasked";
  return online === all ? "well" : "ill";
}
