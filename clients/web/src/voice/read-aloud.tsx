import { t } from "@lingui/core/macro";
import { memo, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Icon } from "../parts/icon.tsx";
import { sentencesOf } from "./sentences.ts";

const MARK = "reading";

interface Props {
  /** The shown answer, as it stands now. */
  find(): HTMLElement | null;
  /** Whether more of it comes: its last sentence may not be whole before the end. */
  growing: boolean;
}

/** Reads an answer aloud, sentence by sentence, marks the one being read, and goes on as more arrives. */
export const ReadAloud = memo(({ find, growing }: Props) => {
  const hasVoice = useSyncExternalStore(onVoices, () => globalThis.speechSynthesis?.getVoices().length > 0);
  const [state, setState] = useState<"silent" | "reading" | "paused">("silent");
  const place = useRef(0);
  const speaking = useRef(false);

  // Each sentence that ends, and each that arrives while nothing is being said, starts the next one.
  const say = useRef(() => {});
  say.current = () => {
    const answer = find();
    if (speaking.current || !answer) return;
    const sentences = sentencesOf(answer, t`Code left out.`);
    const next = sentences[place.current];
    const whole = next && (!growing || place.current < sentences.length - 1);
    if (!whole) {
      if (!growing) stop();
      return;
    }
    place.current++;
    speaking.current = true;
    mark(next.range);
    const utterance = new SpeechSynthesisUtterance(next.text);
    utterance.lang = answer.lang;
    utterance.onend = () => {
      speaking.current = false;
      say.current();
    };
    utterance.onerror = ({ error }) => error !== "canceled" && error !== "interrupted" && stop();
    speechSynthesis.speak(utterance);
  };
  const stop = () => {
    place.current = Number.POSITIVE_INFINITY;
    speaking.current = false;
    speechSynthesis.cancel();
    mark(null);
    setState("silent");
  };
  const start = () => {
    speechSynthesis.cancel();
    place.current = 0;
    setState("reading");
    say.current();
  };
  const pause = () => {
    if (state === "reading") speechSynthesis.pause();
    else speechSynthesis.resume();
    setState(state === "reading" ? "paused" : "reading");
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the end of the text, too, is something to look at
  useEffect(() => {
    const answer = find();
    if (state !== "reading" || !answer) return;
    const look = () => say.current();
    look();
    const words = new MutationObserver(look);
    words.observe(answer, { childList: true, subtree: true, characterData: true });
    return () => words.disconnect();
  }, [find, growing, state]);
  // Whoever leaves does not want to hear the rest.
  useEffect(
    () => () => {
      globalThis.speechSynthesis?.cancel();
      mark(null);
    },
    [],
  );
  if (!hasVoice) return null;

  return (
    <>
      <button
        type="button"
        className="tool"
        onClick={state === "silent" ? start : stop}
        aria-label={state === "silent" ? t`Read the best answer aloud` : t`Stop reading aloud`}
        title={state === "silent" ? t`Read aloud` : t`Stop reading`}
      >
        <Icon name={state === "silent" ? "speaker" : "stop"} filled={state !== "silent"} />
      </button>
      {state !== "silent" && (
        <button type="button" className="tool" onClick={pause} aria-pressed={state === "paused"}>
          {state === "paused" ? t`Go on` : t`Pause`}
        </button>
      )}
    </>
  );
});

function mark(range: Range | null) {
  if (!("highlights" in CSS)) return;
  if (range) CSS.highlights.set(MARK, new Highlight(range));
  else CSS.highlights.delete(MARK);
}

function onVoices(changed: () => void) {
  globalThis.speechSynthesis?.addEventListener("voiceschanged", changed);
  return () => globalThis.speechSynthesis?.removeEventListener("voiceschanged", changed);
}
