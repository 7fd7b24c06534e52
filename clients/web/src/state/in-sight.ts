/** Whether anybody can see words come: the end of an answer that grows is on the screen, or none is drawn yet. */
export function endInSight(): boolean {
  const growing = [...document.querySelectorAll<HTMLElement>(".answer[data-growing]")];
  return growing.length === 0 || growing.some(isEndInSight);
}

function isEndInSight(answer: HTMLElement): boolean {
  const frame = answer.parentElement?.getBoundingClientRect();
  const end = answer.getBoundingClientRect().bottom;
  // A word below its frame is the next to be seen there: half of a line is no edge.
  return !frame || (end < frame.bottom + ROOM && end > 0 && end < innerHeight + ROOM);
}

const ROOM = 24;
