import { t } from "@lingui/core/macro";
import { ProblemError } from "@trillm/sdk";
import { type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { Icon } from "../parts/icon.tsx";
import { clock } from "../text/format.ts";
import { findEar, LONGEST_MS, NotHeard } from "./listen.ts";

/** Pressed for longer than this it listens until it is let go; pressed briefly, until it is pressed again. */
const HOLD_MS = 400;

interface Props {
  transcribes: boolean;
  onSaid(text: string): void;
  /** Why there are no words; empty once it is tried again. */
  onTrouble(words: string): void;
}

/** Push to talk. The microphone is asked for when it is pressed, never before; what is said is never sent by itself. */
export default function VoiceButton({ transcribes, onSaid, onTrouble }: Props) {
  const ear = useMemo(() => findEar(transcribes), [transcribes]);
  const [state, setState] = useState<"idle" | "listening" | "writing">("idle");
  const stop = useRef<AbortController>(null);
  const pressed = useRef(0);
  useEffect(() => () => stop.current?.abort(), []);
  if (!ear) return null;

  const end = () => {
    stop.current?.abort();
    setState("writing");
  };
  const endInTime = () => {
    onTrouble(t`A minute is the most at once. It is being written down.`);
    end();
  };
  const begin = async () => {
    onTrouble("");
    const ending = new AbortController();
    stop.current = ending;
    setState("listening");
    try {
      onSaid(await ear.listen(ending.signal));
    } catch (error) {
      onTrouble(wordsOf(error));
    }
    setState("idle");
  };
  const press = (event: PointerEvent) => {
    if (event.button !== 0) return;
    pressed.current = event.timeStamp;
    if (state === "listening") end();
    else if (state === "idle") void begin();
  };
  const release = (event: PointerEvent) => {
    if (state === "listening" && event.timeStamp - pressed.current > HOLD_MS) end();
  };
  const words = { idle: t`Ask by voice`, listening: t`Stop listening`, writing: t`Writing down what you said` };

  return (
    <span className="relative flex justify-center">
      <button
        type="button"
        className={`tool ${state === "listening" ? "bg-bad-soft text-bad" : ""}`}
        aria-label={words[state]}
        aria-pressed={state === "listening"}
        title={words[state]}
        disabled={state === "writing"}
        onPointerDown={press}
        onPointerUp={release}
        onClick={(event) => event.detail === 0 && (state === "listening" ? end() : void begin())}
      >
        <span className={state === "idle" ? "" : "pulse"}>
          <Icon name={state === "listening" ? "stop" : "microphone"} size={18} filled={state === "listening"} />
        </span>
      </button>
      {state === "listening" && <TimeLeft onEnd={endInTime} />}
    </span>
  );
}

/** What is left to speak, over the button, which keeps its size. */
function TimeLeft({ onEnd }: { onEnd(): void }) {
  const [left, setLeft] = useState(LONGEST_MS / 1000);
  const ended = useRef(onEnd);
  useEffect(() => {
    const until = Date.now() + LONGEST_MS;
    const timer = setInterval(() => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      setLeft(Math.max(0, seconds));
      if (seconds <= 0) ended.current();
    }, 250);
    return () => clearInterval(timer);
  }, []);
  return (
    <span role="timer" className="badge absolute bottom-full mb-1 bg-bad-soft text-bad tabular-nums">
      {t`${clock(left)} left`}
    </span>
  );
}

function wordsOf(error: unknown): string {
  if (error instanceof ProblemError) return error.problem.detail || error.problem.title;
  if (!(error instanceof NotHeard)) throw error;
  switch (error.why) {
    case "denied":
      return t`The microphone is not allowed here. The browser's settings for this page can allow it.`;
    case "no-microphone":
      return t`No microphone was found.`;
    case "nothing":
      return t`Nothing was heard.`;
  }
}
