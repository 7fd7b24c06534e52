import { Link } from "@tanstack/react-router";

const TEXT = {
  result: {
    title: "No such result",
    detail: "It was deleted, or it belongs to someone else, or the address is not whole.",
  },
  page: { title: "No such page", detail: "Nothing is kept at this address." },
};

export function Missing({ what }: { what: keyof typeof TEXT }) {
  const { title, detail } = TEXT[what];
  return (
    <div className="m-auto flex max-w-md flex-col items-center gap-4 px-4 py-20 text-center">
      <p aria-hidden="true" className="text-5xl font-semibold text-line-strong">
        404
      </p>
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <p className="text-soft">{detail}</p>
      <div className="mt-2 flex gap-3">
        <Link to="/" className="button">
          Ask a question
        </Link>
        <Link to="/history" className="button-soft">
          History
        </Link>
      </div>
    </div>
  );
}
