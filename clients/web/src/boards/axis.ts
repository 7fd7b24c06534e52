const GAP = 14;

/** The room that an axis needs for its figures, in pixels: as wide as the widest, in whatever language. */
export const axisRoom = (figures: string[] | null, widthOf: (figure: string) => number) =>
  Math.ceil(Math.max(40, ...(figures ?? []).map((figure) => widthOf(figure) + GAP)));
