/**
 * Copies text; where it is `drawn` also as it looks, for editors that take more than plain text. Over plain HTTP (a
 * server in the local network) browsers offer only the old way.
 */
export async function copy(text: string, drawn?: Element | null): Promise<boolean> {
  try {
    if (drawn) await navigator.clipboard.write([new ClipboardItem({ "text/plain": text, "text/html": lookOf(drawn) })]);
    else await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "sr-only";
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }
}

/** The elements of an answer without what the page adds to its words; where a link leads stays beside it. */
function lookOf(drawn: Element): string {
  const copied = drawn.cloneNode(true) as Element;
  for (const added of copied.querySelectorAll("figcaption, button, .sr-only")) added.remove();
  return copied.innerHTML;
}
