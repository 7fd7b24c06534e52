import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { type Plan, type Plans, ProblemError } from "@trillm/sdk";
import { service } from "../api/client.ts";
import { Calculator } from "../boards/calculator.tsx";
import { Icon } from "../parts/icon.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { useModels } from "../state/use-models.ts";
import { useTitle } from "../state/use-title.ts";
import { spent } from "../text/format.ts";
import { InEnglish } from "../text/in-english.tsx";

/** The plans as the server tells them, and what asking really costs. */
export function Pricing() {
  useTitle(t`Pricing`);
  const { data, error, refetch } = useQuery({
    queryKey: ["plans"],
    queryFn: ({ signal }) => service.plans(signal),
    staleTime: 60_000,
  });
  // All at once: what comes late would push what is being read.
  const models = useModels();
  const settled = (data !== undefined || error !== null) && !models.isPending;
  return (
    <div className="page max-w-5xl gap-8">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">
          <Trans>Pricing</Trans>
        </h1>
        <p className="text-soft">
          <Trans>Here nothing is sold: models cost what their vendors charge for them.</Trans>
        </p>
      </div>
      {error instanceof ProblemError && <ProblemNote problem={error.problem} again={refetch} />}
      {!settled && <div role="status" aria-label={t`Loading`} className="shimmer h-96 rounded-card" />}
      {settled && data && (
        <>
          <BillingIsOff plans={data} />
          <ul className="grid gap-5 md:grid-cols-3">
            {data.plans.map((plan) => (
              <Card key={plan.id} plan={plan} />
            ))}
          </ul>
          <Features plans={data} />
        </>
      )}
      {settled && <Calculator />}
      {settled && <Questions />}
    </div>
  );
}

function BillingIsOff({ plans: { questions_per_minute: minute, questions_per_day: day } }: { plans: Plans }) {
  return (
    <div className="flex gap-3 rounded-card border border-best-line bg-best-soft p-4 sm:p-5">
      <Icon name="info" size={20} />
      <div className="grid gap-1">
        <p className="font-semibold">
          <Trans>Billing is off on this server</Trans>
        </p>
        <p className="text-sm">
          <Trans>Nobody is charged, and every feature is there for everybody. The plans say what is meant to be.</Trans>{" "}
          {minute !== null &&
            plural(minute, {
              one: "Now it takes # question a minute from one address.",
              other: "Now it takes # questions a minute from one address.",
            })}{" "}
          {day !== null && plural(day, { one: "And # a day.", other: "And # a day." })}
        </p>
      </div>
    </div>
  );
}

function Card({ plan }: { plan: Plan }) {
  const price = spent(plan.usd_month);
  return (
    <li className="card flex flex-col gap-3 p-5">
      <h2 className="text-lg font-semibold">
        <InEnglish>{plan.name}</InEnglish>
      </h2>
      <p className="text-sm text-soft">
        <InEnglish>{plan.summary}</InEnglish>
      </p>
      <p className="mt-auto text-2xl font-semibold tracking-tight">
        {(plan.usd_month === null && t`No price yet`) || (plan.usd_month === 0 ? t`Free` : t`${price} a month`)}
      </p>
      <p className="text-sm">
        {plan.questions_per_day === null
          ? t`As many questions as you like`
          : plural(plan.questions_per_day, { one: "# question a day", other: "# questions a day" })}
      </p>
      <p className="text-sm text-soft">{plural(plan.features.length, { one: "# feature", other: "# features" })}</p>
    </li>
  );
}

function Features({ plans: { plans, features } }: { plans: Plans }) {
  return (
    <div className="grid gap-3">
      <h2 className="text-lg font-semibold">
        <Trans>Features</Trans>
      </h2>
      <section className="card relative overflow-x-auto" aria-label={t`Features`} tabIndex={0}>
        <table className="w-full text-sm">
          <thead>
            <tr className="border-b border-line">
              <td />
              {plans.map(({ id, name }) => (
                <th key={id} scope="col" className="px-3 py-3 font-medium">
                  <InEnglish>{name}</InEnglish>
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {features.map(({ id, name, here }) => (
              <tr key={id}>
                <th scope="row" className="min-w-44 px-4 py-3 text-start font-normal sm:px-5">
                  <InEnglish>{name}</InEnglish>{" "}
                  {!here && <span className="badge bg-sunken text-soft">{t`not yet`}</span>}
                </th>
                {plans.map((plan) => {
                  const has = plan.features.includes(id);
                  return (
                    <td key={plan.id} className="px-3 py-3 text-center">
                      <span className={has ? "inline-block text-good" : "text-soft"}>
                        {has ? <Icon name="check" size={18} /> : "–"}
                      </span>
                      <span className="sr-only">{has ? t`Yes` : t`No`}</span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Questions() {
  const answers = [
    [
      t`Who pays for the answers?`,
      t`Whoever runs this server holds the keys of the vendors, and pays them. Models that run on this machine cost nothing.`,
    ],
    [
      t`Why is some cost unknown?`,
      t`A model whose price is not listed here costs what its vendor says. An unknown price is never shown as 0.`,
    ],
    [t`Do I need an account?`, t`No. There are no accounts on this server yet: what you ask belongs to this browser.`],
  ] as const;
  return (
    <section aria-labelledby="faq" className="grid gap-3">
      <h2 id="faq" className="text-lg font-semibold">
        <Trans>Questions</Trans>
      </h2>
      <div className="card divide-y divide-line">
        {answers.map(([question, answer]) => (
          <details key={question} className="group px-4 sm:px-5">
            <summary className="flex min-h-12 cursor-pointer list-none items-center justify-between gap-3 font-medium">
              {question}
              <span className="group-open:rotate-180">
                <Icon name="expand" />
              </span>
            </summary>
            <p className="pb-4 text-soft">{answer}</p>
          </details>
        ))}
      </div>
    </section>
  );
}
