import type { MessageDescriptor } from "@lingui/core";
import { i18n } from "@lingui/core";
import { msg, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { AskBox } from "../parts/ask-box.tsx";
import { Icon } from "../parts/icon.tsx";
import { RecentQuestions } from "../parts/recent-questions.tsx";
import { useSettings } from "../state/settings.ts";
import { useModels } from "../state/use-models.ts";
import { useTitle } from "../state/use-title.ts";

const EXAMPLES: MessageDescriptor[] = [
  msg`Server-sent events or WebSockets for streaming text?`,
  msg`Why is the sky blue, in three sentences?`,
  msg`Write a Python function that merges overlapping intervals.`,
];

export function Landing() {
  useTitle("");
  const models = useModels();
  const setDraft = useSettings((settings) => settings.setDraft);
  const available = (models.data?.models ?? []).filter((model) => model.available);
  const onlyLocal = available.length > 0 && models.data?.local_only;
  const take = (question: string) => {
    setDraft(question);
    document.getElementById("question")?.focus();
  };

  return (
    <div className="mx-auto flex w-full max-w-[52rem] flex-col px-4 pt-10 pb-16 sm:px-6 sm:pt-20">
      <h1 className="text-center text-3xl font-semibold tracking-tight text-balance sm:text-5xl sm:leading-[1.1]">
        <Trans>
          Ask every model. <br className="max-[22rem]:hidden" />
          Keep the best answer.
        </Trans>
      </h1>
      <p className="mx-auto mt-4 mb-8 max-w-xl text-center text-soft text-pretty sm:text-lg">
        <Trans>Several models answer side by side. You see which answer is best, why, and how sure that is.</Trans>
      </p>
      <AskBox />
      {/* What follows appears once the panel is known, so that nothing moves under the pointer. */}
      {models.isFetched && (
        <>
          {onlyLocal && <OnlyLocal />}
          {models.isSuccess && available.length === 0 && <NoModel />}
          <section aria-label={t`Examples`} className="mt-6 flex flex-wrap justify-center gap-2">
            {EXAMPLES.map((one) => i18n._(one)).map((example) => (
              <button
                key={example}
                type="button"
                onClick={() => take(example)}
                className="min-h-11 rounded-full border border-line px-4 py-1.5 text-start text-sm text-soft transition-colors hover:border-line-strong hover:text-ink md:min-h-9"
              >
                {example}
              </button>
            ))}
          </section>
          <RecentQuestions />
        </>
      )}
    </div>
  );
}

function OnlyLocal() {
  return (
    <p className="mt-4 flex gap-3 rounded-card border border-best-line bg-best-soft px-4 py-3 text-sm">
      <span className="mt-0.5 text-best">
        <Icon name="info" size={18} />
      </span>
      <span>
        <Trans>
          <strong className="font-semibold">Only the tiny model on this machine answers, in different voices.</strong>{" "}
          It is private and free, and often wrong. Larger models join when the server has a key, such as{" "}
          <code className="font-mono text-xs">OPENAI_API_KEY</code>,{" "}
          <code className="font-mono text-xs">ANTHROPIC_API_KEY</code> or{" "}
          <code className="font-mono text-xs">GEMINI_API_KEY</code>.
        </Trans>
      </span>
    </p>
  );
}

function NoModel() {
  return (
    <p className="mt-4 flex gap-3 rounded-card bg-bad-soft px-4 py-3 text-sm">
      <span className="mt-0.5 text-bad">
        <Icon name="warning" size={18} />
      </span>
      <span>
        <Trans>
          <strong className="font-semibold">No model can answer now.</strong> Give the server a key, or install the tiny
          local model with <code className="font-mono text-xs">trillm models install</code>.
        </Trans>
      </span>
    </p>
  );
}
