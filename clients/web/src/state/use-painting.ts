import type { ClaimMap, MappedClaim, Query } from "@trillm/sdk";
import { useEffect } from "react";
import { DrawnAnswer, drawingsOf, type Passage } from "../text/passages.ts";

/** The name of each highlight in the style sheet; what one answer alone says stays as it is until it is chosen. */
const NAMES = { contested: "claim-contested", all: "claim-all", most: "claim-most", some: "claim-most" } as const;
const CHOSEN = "claim-chosen";
const ALL_NAMES = [...new Set(Object.values(NAMES)), CHOSEN];

export const passagesOf = (claim: MappedClaim): Passage[] => claim.sides.flatMap((side) => side.passages);

/** Paints claims in the answers by the Custom Highlight API: the page's own elements are not touched. */
export function usePainting(query: Query, map: ClaimMap | undefined, chosen: MappedClaim | undefined, on: boolean) {
  useEffect(() => {
    const root = document.querySelector("main") ?? document.body;
    if (!map || !("highlights" in CSS)) return;
    let due = 0;
    const paint = () => {
      due = 0;
      const ranges = rangesOf(query, on ? map.claims : chosen ? [chosen] : [], chosen);
      for (const name of ALL_NAMES) CSS.highlights.set(name, new Highlight(...(ranges.get(name) ?? [])));
    };
    // React may draw an answer anew at any time (another leader, another attempt): what was painted then is gone.
    const watch = new MutationObserver(() => {
      due ||= requestAnimationFrame(paint);
    });
    watch.observe(root, { childList: true, subtree: true, characterData: true });
    paint();
    return () => {
      watch.disconnect();
      cancelAnimationFrame(due);
      for (const name of ALL_NAMES) CSS.highlights.delete(name);
    };
  }, [query, map, chosen, on]);
}

function rangesOf(query: Query, claims: readonly MappedClaim[], chosen: MappedClaim | undefined) {
  const found = new Map<string, Range[]>();
  const drawn = new Map<string, DrawnAnswer[]>();
  for (const claim of claims) {
    const names = claim.agreement === "one" ? [] : [NAMES[claim.agreement]];
    if (claim === chosen) names.push(CHOSEN as never);
    for (const passage of names.length ? passagesOf(claim) : []) {
      const text = query.responses.find((one) => one.id === passage.response_id)?.text ?? "";
      const drawings =
        drawn.get(passage.response_id) ?? drawingsOf(passage.response_id).map((root) => new DrawnAnswer(root));
      drawn.set(passage.response_id, drawings);
      const ranges = drawings.flatMap((drawing) => drawing.find(text, passage) ?? []);
      for (const name of names) found.set(name, [...(found.get(name) ?? []), ...ranges]);
    }
  }
  return found;
}

/** Brings a claim into view within each answer that makes it; only what scrolls inside the answers moves. */
export function showInAnswers(query: Query, claim: MappedClaim) {
  for (const passage of passagesOf(claim)) {
    const text = query.responses.find((one) => one.id === passage.response_id)?.text ?? "";
    for (const root of drawingsOf(passage.response_id)) {
      const box = root.parentElement;
      const range = new DrawnAnswer(root).find(text, passage);
      if (!box || !range) continue;
      const above = range.getBoundingClientRect().top - box.getBoundingClientRect().top;
      box.scrollTo({ top: box.scrollTop + above - box.clientHeight / 3 });
    }
  }
}
