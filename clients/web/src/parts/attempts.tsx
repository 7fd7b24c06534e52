import type { Answer } from "@trillm/sdk";

/** Which attempt of a model is shown; earlier ones stay within reach. */
export function Attempts({ attempts, shown, onShow }: { attempts: Answer[]; shown: Answer; onShow(id: string): void }) {
  const place = attempts.indexOf(shown);
  const step = (by: number) => {
    const next = attempts[place + by];
    if (next) onShow(next.id);
  };
  return (
    <span className="flex items-center text-xs text-soft tabular-nums">
      <button
        type="button"
        className="tool px-1 md:min-w-6"
        onClick={() => step(-1)}
        disabled={place === 0}
        aria-label="Earlier attempt"
      >
        ‹
      </button>
      <span aria-live="polite">
        <span className="sr-only">Attempt </span>
        {place + 1}/{attempts.length}
      </span>
      <button
        type="button"
        className="tool px-1 md:min-w-6"
        onClick={() => step(1)}
        disabled={place === attempts.length - 1}
        aria-label="Later attempt"
      >
        ›
      </button>
    </span>
  );
}
